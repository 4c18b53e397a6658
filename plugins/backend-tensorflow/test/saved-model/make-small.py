import numpy as np, tensorflow as tf

class Teacher(tf.Module):
    def __init__(self):
        self.hidden = tf.Variable(np.arange(20, dtype=np.float32).reshape(4, 5) / 10 - 1, name='hidden')
        self.output = tf.Variable(np.arange(15, dtype=np.float32).reshape(5, 3) / 10 - 0.7, name='output')
        self.table = tf.Variable(np.array([[0, 0, 1], [0, 2, 0]], dtype=np.float32), name='table')

    @tf.function(input_signature=[tf.TensorSpec([None, 4], tf.float32, name='x')])
    def serve(self, x):
        features = tf.nn.relu(x @ self.hidden)
        return {'logits': features @ self.output, 'features': features}

    @tf.function(input_signature=[tf.TensorSpec([None, 4], tf.float32, name='x'), tf.TensorSpec([None], tf.int64, name='word')])
    def serve_two(self, x, word):
        return {'scores': self.serve(x)['logits'] + tf.gather(self.table, word)}

teacher = Teacher()
tf.saved_model.save(teacher, 'small', signatures={'serving_default': teacher.serve, 'two': teacher.serve_two},
                    options=tf.saved_model.SaveOptions(save_debug_info=False))
x = np.array([[1, 2, 3, 4], [-1, 0, 1, 2]], dtype=np.float32)
print(teacher.serve(x)['logits'].numpy().tolist(), teacher.serve(x)['features'].numpy().tolist(), teacher.serve_two(x, np.array([1, 0]))['scores'].numpy().tolist())

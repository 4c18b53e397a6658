"""Keras models trained by TensorFlow's graph mode, as a peer: the step is one `tf.function`, written by hand."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ["KERAS_BACKEND"] = "tensorflow"
from peer import say, serve

try:
    import keras
    import tensorflow as tf
except ImportError as error:
    say({"missing": f"Keras on TensorFlow cannot be imported: {error}"})
    raise SystemExit

from keras import layers


class SelfAttention(layers.Layer):
    """Written with matrix products, which is faster here than Keras's own, made of einsum."""

    def __init__(self, heads):
        super().__init__()
        self.heads = heads

    def build(self, shape):
        width = shape[-1]
        shapes = {"into": [width, 3 * width], "into_bias": [3 * width], "out": [width, width], "out_bias": [width]}
        for name, each in shapes.items():
            setattr(self, name, self.add_weight(shape=each, name=name))

    def call(self, x):
        _, tokens, width = x.shape
        flat = tf.matmul(tf.reshape(x, [-1, width]), self.into) + self.into_bias
        parts = tf.transpose(tf.reshape(flat, [-1, tokens, 3, self.heads, width // self.heads]), [2, 0, 3, 1, 4])
        query, key, value = tf.unstack(parts)
        scores = tf.nn.softmax(tf.matmul(query, key, transpose_b=True) * (width // self.heads) ** -0.5)
        heard = tf.reshape(tf.transpose(tf.matmul(scores, value), [0, 2, 1, 3]), [-1, width])
        return tf.reshape(tf.matmul(heard, self.out) + self.out_bias, [-1, tokens, width])


class Places(layers.Layer):
    def build(self, shape):
        self.places = self.add_weight(shape=shape[1:], name="places")

    def call(self, x):
        return x + self.places


def transformer(shape):
    tokens = keras.Input(shape)
    norm = lambda x: layers.LayerNormalization(epsilon=1e-3)(x)
    x = Places()(layers.Dense(64)(tokens))
    for _ in range(2):
        x = layers.Add()([x, SelfAttention(4)(norm(x))])
        x = layers.Add()([x, layers.Dense(64)(layers.Dense(128, activation="relu")(norm(x)))])
    return keras.Model(tokens, layers.Dense(10)(layers.GlobalAveragePooling1D()(norm(x))))


def conv(filters, activation=None, bias=True):
    return layers.Conv2D(filters, 3, padding="same", activation=activation, use_bias=bias)


def normalised(layer):
    return [layer, layers.BatchNormalization(), layers.Activation("relu")]


def separable(filters):
    return normalised(layers.SeparableConv2D(filters, 3, padding="same", use_bias=False))


def model_of(student, shape, unroll):
    dense = lambda *sizes: [layers.Dense(size, activation="relu") for size in sizes] + [layers.Dense(10)]
    pool = layers.MaxPooling2D
    chains = {
        "MLP 784-64-64-10": lambda: dense(64, 64),
        "MLP 784-800-800-10": lambda: dense(800, 800),
        "CNN 32-64-128": lambda: [conv(32, "relu"), pool(), conv(64, "relu"), pool(), layers.Flatten(), *dense(128)],
        "separable CNN, batch norm": lambda: [
            *normalised(conv(32, bias=False)), pool(), *separable(64), pool(), *separable(128), layers.GlobalAveragePooling2D(), *dense()
        ],
        "LSTM 64 on 28 rows": lambda: [layers.LSTM(64, unroll=unroll), *dense()],
    }
    if student not in chains:
        return transformer(shape)
    return keras.Sequential([keras.Input(shape), *chains[student]()])


def loss_of(problem, logits, labels, answers):
    hard = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits))
    if not answers:
        return hard
    even_or_odd = tf.stack([tf.reduce_logsumexp(logits[:, first::2], -1) for first in (0, 1)], -1)
    temperature = problem.temperature
    soft = 0.0
    for view, teacher in zip([logits[:, :5], logits[:, 5:], even_or_odd], answers):
        wanted = tf.nn.log_softmax(teacher / temperature)
        each = tf.reduce_sum(tf.exp(wanted) * (wanted - tf.nn.log_softmax(view / temperature)), -1)
        soft += tf.reduce_mean(each) * temperature**2
    return problem.alpha * hard + (1 - problem.alpha) * soft


def keras_optimizer(problem, variables):
    optimizer = keras.optimizers.AdamW(problem.learning_rate, problem.weight_decay, epsilon=1e-8)
    optimizer.build(variables)
    return lambda gradients: optimizer.apply(gradients, variables)


def fused_optimizer(problem, variables):
    """TensorFlow's own fused Adam, which Keras no longer uses."""
    moments = [[tf.Variable(tf.zeros_like(variable.value)) for variable in variables] for _ in range(2)]
    powers = [tf.Variable(beta) for beta in (0.9, 0.999)]
    rate = problem.learning_rate

    def apply(gradients):
        for variable, first, second, gradient in zip(variables, *moments, gradients):
            value = variable.value
            value.assign_sub(value * (rate * problem.weight_decay))
            tf.raw_ops.ResourceApplyAdam(
                var=value.handle, m=first.handle, v=second.handle, beta1_power=powers[0], beta2_power=powers[1],
                lr=rate, beta1=0.9, beta2=0.999, epsilon=1e-8, grad=gradient,
            )
        for power, beta in zip(powers, (0.9, 0.999)):
            power.assign(power * beta)

    return apply


def step_of(optimizer, xla=False, unroll=False):
    def make(problem):
        model = model_of(problem.student, problem.shape, unroll)
        variables = model.trainable_variables
        for variable, value in zip(variables, problem.weights, strict=True):
            variable.assign(value)
        apply = optimizer(problem, variables)

        @tf.function(jit_compile=xla)
        def train(images, labels, answers):
            with tf.GradientTape() as tape:
                loss = loss_of(problem, model(images, training=True), labels, answers)
            apply(tape.gradient(loss, [variable.value for variable in variables]))
            return loss

        def step():
            images, labels, answers = problem.next_batch()
            return float(train(tf.constant(images), tf.constant(labels), [tf.constant(each) for each in answers]).numpy())

        return step

    return make


serve(
    f"Keras {keras.__version__} on TensorFlow {tf.__version__}",
    {
        "graph": step_of(keras_optimizer),
        "graph, fused Adam": step_of(fused_optimizer),
        "graph, fused Adam, unrolled": step_of(fused_optimizer, unroll=True),
        "XLA": step_of(fused_optimizer, xla=True),
    },
)

import * as tf from '@tensorflow/tfjs-core';
import { answerOf, disposeAll, type NamedTensors, type OpenedTeacher, type Teacher } from '@kd/core';
import type { HttpOptions } from './http-options.ts';
import { RemoteModel } from './remote-model.ts';
import type { OutputRows } from './rows.ts';
import { Server } from './server.ts';

/**
 * A teacher that answers behind HTTP. The model's other outputs can be asked for as features. It is named by what the server
 * tells of it and by its answers for a few samples, which go along with every question: another model is noticed.
 *
 * @throws KD_REMOTE_SETUP, KD_REMOTE_AWAY, KD_REMOTE_REFUSED, KD_REMOTE_ANSWER, KD_MODEL_PART, KD_DATA_INPUT_MISSING, KD_DATA_INPUT_SHAPE
 */
export async function httpTeacher(options: HttpOptions, { id, space, samples }: OpenedTeacher): Promise<Teacher> {
  const server = new Server(options, id);
  const gives = space.kind === 'values' ? 'values' : (options.gives ?? 'logits');
  try {
    const model = await RemoteModel.open(server, options);
    if (samples) {
      const few = await samples();
      await model.learn(few).finally(() => disposeAll(few));
    }
    return {
      manifest: { id, space, hash: model.hash, parameters: 0, inputs: model.reads },
      hasFeature: (layer) => model.outputs?.includes(layer) ?? true,
      async signals(batch, features) {
        const said = await model.ask(batch, features);
        return tf.tidy(() => {
          const answer: NamedTensors = answerOf(tensorOf(said['']!), gives);
          for (const name of features) answer[`features/${name}`] = tensorOf(said[name]!);
          return answer;
        });
      },
      close: () => server.close(),
    };
  } catch (error) {
    server.close();
    throw error;
  }
}

function tensorOf({ shape, values }: OutputRows): tf.Tensor {
  const width = shape.reduce((size, length) => size * length, 1);
  return tf.tensor(values, [values.length / width, ...shape]);
}

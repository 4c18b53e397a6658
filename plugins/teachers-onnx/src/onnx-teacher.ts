import * as tf from '@tensorflow/tfjs-core';
import { answerOf, kdError, type LabelSpace, type NamedTensors, type Teacher } from '@kd/core';
import { sha256 } from '@kd/node';
import { inputFor } from './input-for.ts';
import type { OnnxOptions } from './onnx-options.ts';
import { readOnnxFiles } from './onnx-files.ts';
import { loadOnnxRuntime } from './onnx-runtime.ts';
import { OnnxSession, type GivenInput, type OutputRows } from './onnx-session.ts';

/**
 * A teacher that is an ONNX model. The model's other outputs can be asked for as features. It is asked in ONNX Runtime, on
 * the CPU, whatever kd's backend is.
 *
 * @param base the folder of the config, where ONNX Runtime is looked for
 * @throws KD_FILE_MISSING, KD_FILE_INVALID, KD_FILE_UNSAFE, KD_PACKAGE_MISSING, KD_MODEL_INVALID, KD_MODEL_PART
 */
export async function onnxTeacher(file: string, base: string, options: OnnxOptions, { id, space }: { readonly id: string; readonly space: LabelSpace }): Promise<Teacher> {
  const who = `teacher '${id}'`;
  const files = readOnnxFiles(file);
  const session = await OnnxSession.open(await loadOnnxRuntime(base, who), file, files);
  const { inputs, outputs } = session;
  const output = options.output ?? (outputs.length === 1 ? outputs[0]! : 'logits');
  expectParts(file, 'output', [output], outputs);
  expectParts(file, 'input', Object.keys(options.inputs ?? {}), inputs.map(({ name }) => name));
  const gives = space.kind === 'values' ? 'values' : (options.gives ?? 'logits');

  const ask = async (given: readonly { readonly port: GivenInput['port']; readonly tensor: tf.Tensor }[], names: readonly string[]): Promise<Record<string, OutputRows>> => {
    const read = given.map(async ({ port, tensor }) => ({ port, shape: tensor.shape, values: await tensor.data<'float32'>() }));
    return session.run(await Promise.all(read), given[0]!.tensor.shape[0]!, names);
  };
  return {
    manifest: {
      id, space, hash: sha256(JSON.stringify([files.hash, options.inputs, output, gives])), parameters: files.parameters,
      inputs: inputs.map(({ name }) => options.inputs?.[name] ?? name),
    },
    hasFeature: (layer) => outputs.includes(layer),
    async signals(batch, features) {
      const given = inputs.map((port) => ({ port, tensor: inputFor(who, port, batch, { named: options.inputs?.[port.name], only: inputs.length === 1 }) }));
      const said = await ask(given, [...new Set([output, ...features])]);
      const tensorOf = ({ values, shape }: OutputRows): tf.Tensor => tf.tensor(values, shape);
      return tf.tidy(() => {
        const answer: NamedTensors = answerOf(tensorOf(said[output]!), gives);
        for (const name of features) answer[`features/${name}`] = tensorOf(said[name]!);
        return answer;
      });
    },
    close: () => session.release(),
  };
}

function expectParts(file: string, what: string, names: readonly string[], known: readonly string[]): void {
  const name = names.find((each) => !known.includes(each));
  if (name !== undefined) throw kdError('KD_MODEL_PART', { model: `The ONNX model ${file}`, what, name, known });
}

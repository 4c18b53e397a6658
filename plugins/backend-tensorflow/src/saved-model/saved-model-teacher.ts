import { findBackend, getBackend, type Tensor } from '@tensorflow/tfjs-core';
import { answerOf, kdError, type LabelSpace, type NamedTensors, type Teacher, type TeacherOutput } from '@kd/core';
import type { TensorflowBackend } from '../kernel-backend.ts';
import { hashOf, pick, readSignature } from './saved-model-files.ts';
import { openSession, type Session } from './session.ts';
import type { Port } from './signatures.ts';

/** Options of the teacher source {@link savedModel}. */
export interface SavedModelOptions {
  /** The folder with `saved_model.pb`. */
  readonly path: string;
  /** Which of its signatures; `serving_default` when left out. */
  readonly signature?: string | undefined;
  /** Which of the signature's outputs answers; needed where it has several and none is called `logits`. */
  readonly output?: string | undefined;
  /** From the signature's inputs to those of the data, where they have other names. */
  readonly inputs?: Readonly<Record<string, string>> | undefined;
  /** What the output is; `logits` when left out. A teacher of values gives `values`. */
  readonly gives?: TeacherOutput | undefined;
}

/**
 * A teacher that is a SavedModel, TensorFlow's own format. Its signature's other outputs can be asked for as features.
 * It runs on the tensorflow backend alone, and is loaded when it is first asked.
 *
 * @throws KD_FILE_MISSING, KD_FILE_INVALID, KD_MODEL_PART
 */
export async function savedModelTeacher(folder: string, options: SavedModelOptions, { id, space }: { readonly id: string; readonly space: LabelSpace }): Promise<Teacher> {
  const signature = readSignature(folder, options.signature ?? 'serving_default');
  const output = pick(folder, 'output', options.output ?? (signature.outputs.size === 1 ? [...signature.outputs.keys()][0]! : 'logits'), signature.outputs);
  for (const name of Object.keys(options.inputs ?? {})) pick(folder, 'input', name, signature.inputs);
  const bound = [...signature.inputs].map(([name, port]) => ({ port, input: options.inputs?.[name] ?? name }));
  const gives = space.kind === 'values' ? 'values' : (options.gives ?? 'logits');
  let session: Session | undefined;
  return {
    manifest: { id, space, hash: await hashOf(folder, [options.signature, output, gives]), parameters: 0, inputs: bound.map(({ input }) => input) },
    hasFeature: (layer) => signature.outputs.has(layer),
    signals(batch, features) {
      const backend = runningBackend(id);
      session ??= load(backend, folder);
      const names = [output, ...features];
      const values = ask(backend, session, bound.map(({ port, input }) => [port, inputFor(id, input, port, batch)]), names.map((name) => signature.outputs.get(name)!));
      const answer = answerOf(values[0]!, gives);
      features.forEach((layer, i) => {
        answer[`features/${layer}`] = values[i + 1]!;
      });
      return answer;
    },
    close: () => session?.close(),
  };
}

function runningBackend(id: string): TensorflowBackend {
  if (getBackend() === 'tensorflow') return findBackend('tensorflow') as TensorflowBackend;
  throw kdError('KD_BACKEND_UNAVAILABLE', { backend: getBackend(), why: `teacher '${id}' is a SavedModel, which runs on the tensorflow backend alone; set backend: 'tensorflow', or store its answers with a run that does` });
}

function load({ runtime }: TensorflowBackend, folder: string): Session {
  try {
    return openSession(runtime, folder);
  } catch (error) {
    throw kdError('KD_MODEL_INVALID', { file: folder, problem: (error as Error).message }, error);
  }
}

function inputFor(id: string, name: string, { shape }: Port, batch: Readonly<NamedTensors>): Tensor {
  const given = batch[name];
  const who = `teacher '${id}'`;
  if (!given) throw kdError('KD_DATA_INPUT_MISSING', { who, input: name, known: Object.keys(batch) });
  const fits = !shape || (shape.length === given.rank && shape.every((length, axis) => length < 0 || length === given.shape[axis]));
  if (!fits) throw kdError('KD_DATA_INPUT_SHAPE', { who, input: name, expected: shape.slice(1).map((length) => (length < 0 ? null : length)), received: given.shape.slice(1) });
  return given;
}

/** Runs the session; inputs are brought to the types that it wants. */
function ask(backend: TensorflowBackend, session: Session, inputs: readonly (readonly [Port, Tensor])[], outputs: readonly Port[]): Tensor[] {
  const { runtime } = backend;
  const casts: number[] = [];
  try {
    const given = inputs.map(([port, tensor]): [Port, number] => {
      const own = backend.getDTypeInteger(tensor.dtype);
      const [id] = backend.idsOf([tensor]);
      if (own === port.dtype) return [port, id!];
      const cast = runtime.cast(id!, own, port.dtype).id;
      casts.push(cast);
      return [port, cast];
    });
    return session.run(new Map(given), outputs).map((id) => {
      const { dtype, shape } = runtime.handles.get(id, 'A SavedModel');
      return backend.createOutputTensor({ id, dtype, shape: [...shape] });
    });
  } finally {
    for (const id of casts) runtime.handles.delete(id);
  }
}

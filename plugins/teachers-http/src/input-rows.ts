import type { Tensor } from '@tensorflow/tfjs-core';
import { kdError, type NamedTensors } from '@kd/core';
import type { RemoteInput } from './protocol.ts';
import type { InputRows, Nested } from './rows.ts';

/** The data's input that a model's input reads: the one named for it, the one of its name, or the only one. */
export function sourceOf(input: string, named: Readonly<Record<string, string>> | undefined, known: readonly string[], isOnly: boolean): string {
  return named?.[input] ?? (known.includes(input) || known.length > 1 || !isOnly ? input : known[0]!);
}

/**
 * The samples of a batch by the model's names, as lists of lists.
 *
 * @param inputs what is known of the model's inputs; the shape is left out where it is not
 * @throws KD_DATA_INPUT_MISSING, KD_DATA_INPUT_SHAPE, KD_REMOTE_SETUP where a number is none that JSON can say
 */
export async function inputRowsOf(teacher: string, inputs: readonly Partial<RemoteInput>[], named: Readonly<Record<string, string>> | undefined, batch: Readonly<NamedTensors>): Promise<InputRows> {
  const who = `teacher '${teacher}'`;
  const known = Object.keys(batch);
  const bound = inputs.map(({ name = '', shape }): readonly [string, Tensor] => {
    const input = sourceOf(name, named, known, inputs.length === 1);
    const tensor = Object.hasOwn(batch, input) ? batch[input] : undefined;
    if (!tensor) throw kdError('KD_DATA_INPUT_MISSING', { who, input, known });
    const received = tensor.shape.slice(1);
    if (shape && !fits(received, shape)) throw kdError('KD_DATA_INPUT_SHAPE', { who, input, expected: shape, received });
    return [name, tensor];
  });
  return Object.fromEntries(await Promise.all(bound.map(async ([name, tensor]) => {
    const [rows, values] = await Promise.all([tensor.array(), tensor.data()]);
    const bad = values.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) throw kdError('KD_REMOTE_SETUP', { teacher, problem: `the data's input for '${name}' holds ${values[bad]}, which JSON cannot say`, next: 'Mend the data or the `preprocess`.' });
    return [name, rows as Nested[]] as const;
  })));
}

function fits(received: readonly number[], shape: readonly (number | null)[]): boolean {
  return received.length === shape.length && shape.every((length, axis) => length === null || length === received[axis]);
}

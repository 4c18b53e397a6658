import * as tf from '@tensorflow/tfjs-core';
import type { LayerVariable } from './layers.ts';

type Held = { -readonly [Key in 'val']: tf.Variable } & { readonly name: string; readonly dtype: tf.DataType; readonly shape: number[] };

/** Takes a layers model's weights off the backend and puts them back: for teachers that answer in turn. */
export class ParkedWeights {
  readonly #variables: readonly LayerVariable[];
  #values: readonly (Float32Array | Int32Array | Uint8Array)[] | undefined;

  constructor(variables: readonly LayerVariable[]) {
    this.#variables = variables;
  }

  async park(): Promise<void> {
    if (this.#values) return;
    this.#values = await Promise.all(this.#variables.map(async (variable) => (await variable.read().data()).slice()));
    for (const variable of this.#variables) (variable as unknown as Held).val.dispose();
  }

  unpark(): void {
    this.#variables.forEach((variable, i) => {
      if (!this.#values) return;
      const held = variable as unknown as Held;
      const values = tf.tensor(this.#values[i]!, held.shape, held.dtype);
      held.val = tf.variable(values, variable.trainable, held.name, held.dtype);
      values.dispose();
    });
    this.#values = undefined;
  }
}

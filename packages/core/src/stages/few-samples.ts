import * as tf from '@tensorflow/tfjs-core';
import type { Dataset } from '../data/dataset.ts';
import { readInputs } from '../data/read-inputs.ts';
import type { Preprocess } from '../model/bind-inputs.ts';
import { disposeAll, type NamedTensors } from '../tensor/named-tensors.ts';

const FEW = 4;

/** Samples from all over the data, the same every time, prepared for a teacher. The caller's. */
export async function fewSamples(dataset: Dataset, preprocess: Preprocess | undefined): Promise<NamedTensors> {
  const count = Math.min(FEW, dataset.size);
  const raw = await readInputs(dataset, Array.from({ length: count }, (_, i) => Math.floor((i * dataset.size) / count)));
  if (!preprocess) return raw;
  try {
    return tf.tidy(() => Object.fromEntries(Object.entries(preprocess({ ...raw })).map(([name, tensor]) => [name, tf.clone(tensor)])));
  } finally {
    disposeAll(raw);
  }
}

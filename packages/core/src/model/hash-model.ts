import { fingerprint, hashTensors } from '../tensor/hash.ts';
import { disposeAll } from '../tensor/named-tensors.ts';
import type { Model } from './model.ts';

/** One hash of architecture and weights, the same in every process. */
export async function hashModel(model: Model): Promise<string> {
  const values = model.values();
  try {
    return await fingerprint({ architecture: model.describe?.(), weights: await hashTensors(values) });
  } finally {
    disposeAll(values);
  }
}

import { tensor } from '@tensorflow/tfjs-core';
import type { NamedTensors } from '../tensor/named-tensors.ts';
import type { SignalSource, StoredSignals } from './signal-source.ts';

/** Signals from stores, one a teacher. */
export function storedSource(stores: Readonly<Record<string, StoredSignals>>): SignalSource {
  const columns = Object.entries(stores).flatMap(([teacher, store]) => store.keys.map((key) => {
    const width = key.shape.reduce((product, dimension) => product * dimension, 1);
    return { name: `${teacher}/${key.name}`, key, width, store };
  }));
  return {
    signals(rows) {
      const signals: NamedTensors = {};
      for (const { name, key, width, store } of columns) {
        const values = key.dtype === 'int32' ? new Int32Array(rows.length * width) : new Float32Array(rows.length * width);
        store.read(key.name, rows, values);
        signals[name] = tensor(values, [rows.length, ...key.shape], key.dtype);
      }
      return signals;
    },
  };
}

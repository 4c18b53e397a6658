import { tensor } from '@tensorflow/tfjs-core';
import { newArray } from '../data/reused-arrays.ts';
import type { NamedTensors } from '../tensor/named-tensors.ts';
import { sizeOfShape } from '../tensor/size-of-shape.ts';
import type { SignalSource, StoredSignals } from './signal-source.ts';

/** Signals from stores, one a teacher. */
export function storedSource(stores: Readonly<Record<string, StoredSignals>>): SignalSource {
  const columns = Object.entries(stores).flatMap(([teacher, store]) => store.keys.map((key) => {
    return { name: `${teacher}/${key.name}`, key, width: sizeOfShape(key.shape), store };
  }));
  return {
    live: false,
    signals(rows, _inputs, arrays) {
      const signals: NamedTensors = {};
      for (const { name, key, width, store } of columns) {
        const length = rows.length * width;
        const values = arrays?.take(`signals/${name}`, key.dtype, length) ?? newArray(key.dtype, length);
        store.read(key.name, rows, values);
        signals[name] = tensor(values, [rows.length, ...key.shape], key.dtype);
      }
      return signals;
    },
  };
}

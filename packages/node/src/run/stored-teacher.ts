import { kdError, type LabelSpace, type StoredKey, type Teacher } from '@kd/core';
import { openStore } from '../store/read-store.ts';

/** Options of the teacher source `stored-predictions`. */
export interface StoredPredictionsOptions {
  /** A folder with distillation data: `store.json`, `ids.txt` and shards. */
  readonly store: string;
  /** The teacher's name in it; the same as in the config when left out. */
  readonly teacher?: string | undefined;
}

/**
 * A teacher that has answered before. Its answers are found by sample id, in whatever order the data is.
 *
 * @throws KD_STORE_TEACHER_UNKNOWN, KD_STORE_ID_UNKNOWN, KD_TEACHER_SHAPE, KD_STORE_MISMATCH (other classes, or another order)
 */
export function storedTeacher(folder: string, name: string, { id, space }: { readonly id: string; readonly space: LabelSpace }): Teacher {
  const store = openStore(folder);
  const found = Object.hasOwn(store.teachers, name) ? store.teachers[name]! : undefined;
  if (!found) throw kdError('KD_STORE_TEACHER_UNKNOWN', { folder, teacher: name, known: Object.keys(store.teachers) });
  const logits = found.keys['logits'] ?? found.keys['values'];
  if (logits && logits.shape[0] !== space.classes.length) throw kdError('KD_TEACHER_SHAPE', { teacher: id, expected: [space.classes.length], received: logits.shape, space: space.name });
  if (found.classes.some((name, index) => name !== space.classes[index])) {
    throw kdError('KD_STORE_MISMATCH', { folder, what: `the classes of teacher '${name}'`, expected: `${space.classes.join(', ')} (label space '${space.name}')`, received: found.classes.join(', ') });
  }
  const keys = Object.entries(found.keys).map(([key, { shape, dtype }]): StoredKey => ({ name: key, shape, dtype: dtype === 'float16' || dtype === 'float32' ? 'float32' : 'int32' }));
  return {
    manifest: { id, space, hash: found.hash, parameters: 0, inputs: [] },
    hasFeature: (layer) => `features/${layer}` in found.keys,
    signals() {
      throw kdError('KD_TEACHER_STORED_ONLY', { teacher: id });
    },
    stored(samples) {
      const rows = Int32Array.from({ length: samples.size }, (_, row) => store.rowOf(samples.id(row)));
      return { keys, hash: found.answersHash, madeFor: store, read: (key, wanted, out) => store.read(name, key, Int32Array.from(wanted, (row) => rows[row]!), out) };
    },
    close: () => store.close(),
  };
}

import { kdError } from '../errors/kd-error.ts';
import type { StoredSignals } from '../knowledge/signal-source.ts';
import type { Random } from '../tensor/random.ts';
import { disposeAll } from '../tensor/named-tensors.ts';
import { storableAnswers, type AskedTeacher } from './asked-teacher.ts';

/** Samples that a stored teacher is asked about again when its store is opened. */
const PROBED = 8;
/** How far an answer may be from the stored one, relative to it from 1 on. */
const TOLERANCE = { float16: 2e-3, float32: 1e-4 } as const;

/**
 * Proves that store, teacher and samples belong together: asks about a few samples again.
 *
 * @throws KD_TEACHER_CHANGED
 */
export async function probeStore(store: StoredSignals, asked: AskedTeacher, random: Random, precision: 'float16' | 'float32'): Promise<void> {
  const { dataset, teacher: { manifest: { id } } } = asked;
  const rows = random.stream(`probe/${id}`).permutation(dataset.size).slice(0, PROBED);
  const said = await storableAnswers(asked, rows);
  try {
    for (const { name, dtype } of store.keys) {
      if (dtype === 'int32' || name === 'tail') continue;
      const now = await said[name]!.data();
      const then = new Float32Array(now.length);
      store.read(name, rows, then);
      const width = now.length / rows.length;
      const bad = then.findIndex((value, i) => Math.abs(value - now[i]!) > TOLERANCE[precision] * Math.max(1, Math.abs(now[i]!)));
      if (bad < 0) continue;
      throw kdError('KD_TEACHER_CHANGED', { teacher: id, id: dataset.id(rows[Math.floor(bad / width)]!), stored: String(then[bad]), answered: String(now[bad]) });
    }
  } finally {
    disposeAll(said);
  }
}

import type { StoredSignals } from '../knowledge/signal-source.ts';
import { Breather } from '../run/breathe.ts';
import { inParts } from '../run/in-parts.ts';
import { disposeAll } from '../tensor/named-tensors.ts';
import { numbersOf, storableAnswers, type AnsweredNumbers, type AskedTeacher } from './asked-teacher.ts';
import type { StageContext } from './stage-context.ts';
import type { SignalsRequest } from './workspace.ts';

/** A divisor of the rows in a file of the store: wherever a run goes on, the teacher is asked the same questions at once. */
const ROWS_AT_ONCE = 512;

/**
 * Asks a teacher about every sample and stores its answers, going on where an earlier run was cut off.
 *
 * @param most rows that it is asked about at once
 */
export async function fillStore({ workspace, reporter, stop }: StageContext, request: SignalsRequest, asked: AskedTeacher, most: number = ROWS_AT_ONCE): Promise<StoredSignals> {
  const writer = await workspace.writeSignals(request);
  const { size } = asked.dataset;
  const breather = new Breather();
  const report = (done: number): void => reporter.progress?.({ stage: 'distillation-data', unit: request.teacher, done, total: size, what: 'samples' });
  try {
    for (let start = writer.rowsDone; start < size; start += ROWS_AT_ONCE) {
      stop.check(start);
      const rows = Int32Array.from({ length: Math.min(ROWS_AT_ONCE, size - start) }, (_, i) => start + i);
      await writer.append(rows, await answersInParts(asked, rows, most));
      if (!breather.due) continue;
      report(start + rows.length);
      await breather.breathe();
    }
    report(size);
    return await writer.finish();
  } finally {
    await writer.close();
  }
}

/** The answers as numbers, all of them finite. */
async function answersInParts(asked: AskedTeacher, rows: Int32Array, most: number): Promise<AnsweredNumbers> {
  const all: AnsweredNumbers = {};
  await inParts(rows.length, most, async (start, end) => {
    const own = rows.subarray(start, end);
    const said = await storableAnswers(asked, own);
    try {
      for (const [name, part] of Object.entries(await numbersOf(asked, said, own))) {
        const width = part.length / own.length;
        const whole = (all[name] ??= part instanceof Int32Array ? new Int32Array(width * rows.length) : new Float32Array(width * rows.length));
        whole.set(part, width * start);
      }
    } finally {
      disposeAll(said);
    }
  });
  return all;
}

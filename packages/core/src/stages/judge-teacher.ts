import type { Dataset } from '../data/dataset.ts';
import { labelsFor } from '../data/labels-for.ts';
import { readInputs } from '../data/read-inputs.ts';
import { answer } from '../knowledge/live-source.ts';
import type { Teacher } from '../knowledge/teacher.ts';
import { argMax } from '../run/answers.ts';
import { Breather } from '../run/breathe.ts';
import { accuracyOf, errorOf, type Score } from '../run/evaluate.ts';
import { inParts } from '../run/in-parts.ts';
import { disposeAll, type NamedTensors } from '../tensor/named-tensors.ts';
import type { StageContext } from './stage-context.ts';

/** Rows that a teacher is asked about at once. */
const ROWS_AT_ONCE = 500;

/**
 * How a teacher does on the samples that its label space covers.
 *
 * @param most rows that it is asked about at once, where a memory plan says fewer
 */
export async function judgeTeacher(teacher: Teacher, dataset: Dataset, { resolved: { spaces }, stop }: StageContext, most: number = ROWS_AT_ONCE): Promise<Score> {
  const { space } = teacher.manifest;
  const labels = labelsFor(dataset, space, spaces);
  if (!labels || teacher.stored) return { samples: 0 };
  const breather = new Breather();
  const answers = new Int32Array(dataset.size);
  const values = new Float32Array(space.kind === 'values' ? dataset.size * space.classes.length : 0);
  await inParts(dataset.size, Math.min(most, ROWS_AT_ONCE), async (start, end) => {
    stop.check(0);
    const raw = await readInputs(dataset, Array.from({ length: end - start }, (_, i) => start + i));
    const said = await answer(teacher, raw, []).finally(() => disposeAll(raw));
    try {
      if (said['values']) values.set(await said['values'].data() as Float32Array, start * space.classes.length);
      answers.set(await likeliest(said), start);
    } finally {
      disposeAll(said);
    }
    if (breather.due) await breather.breathe();
  });
  return space.kind === 'values' ? errorOf(values, labels, space.classes.length) : accuracyOf(answers, labels);
}

/** The most likely class of each row; of top-k answers, the one that stands at that place. None where values were answered. */
async function likeliest(said: Readonly<NamedTensors>): Promise<Int32Array> {
  const { logits, logProbabilities, indices } = said;
  const likely = logits ?? logProbabilities;
  if (!likely) return new Int32Array(0);
  const width = likely.shape[1]!;
  const best = argMax(await likely.data() as Float32Array, width);
  if (!indices) return best;
  const classes = await indices.data();
  return best.map((place, row) => classes[row * width + place]!);
}

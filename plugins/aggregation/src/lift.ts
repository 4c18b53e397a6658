import * as tf from '@tensorflow/tfjs-core';
import { defineAggregator, kdError, mixtureOf, suggest, type AggregationInput, type LabelSpace, type Strategy, type TeacherSignal } from '@kd/core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { expectClasses } from './mix-teachers.ts';

/** How common a class with no share of its own is; it keeps logarithms finite. */
const RAREST = 1e-12;

/** Options of the aggregator {@link lift}. */
export interface LiftOptions {
  /**
   * Who splits a coarse teacher's classes: the `student` itself (the default), which learns nothing from the split; the
   * `teachers` that know all classes, who then say nothing else; or how common each class is, by name.
   */
  readonly within: 'student' | 'teachers' | Readonly<Record<string, number>>;
}

const options: z.ZodType<LiftOptions> = z.strictObject({
  within: z.union([z.enum(['student', 'teachers']), z.record(z.string(), z.number().nonnegative())]).default('student'),
});

/**
 * Lifts teachers of coarser or fewer classes to all classes of the student and mixes the probabilities of all teachers
 * evenly: `target_f = P(class of f) · split(f within it)`. Against KL divergence at T = 1 a lifted teacher is its own coarse
 * KL divergence plus a pull of the student's splits towards the given ones.
 */
export const lift: Strategy<'aggregator', LiftOptions, {}> = defineAggregator({
  name: 'lift',
  summary: 'Coarse teachers in the student’s own classes.',
  options,
  create: ({ within }) => ({
    label: typeof within === 'string' ? `lift by ${within}` : 'lift by frequencies',
    ...(within === 'student' && { needs: { student: 'logits' } as const }),
    joinsViews: true,
    check({ space, teachers }) {
      if (within === 'teachers' && teachers.every(({ view }) => view)) throw wrong([`within: 'teachers' needs a teacher that speaks '${space.name}' itself`]);
      if (typeof within !== 'string') expectFrequencies(within, space);
    },
    aggregate(input) {
      expectClasses(input.signals, 'lift');
      const coarse = input.signals.filter(({ view }) => view);
      const heard = within === 'teachers' && coarse.length > 0 ? coarse : input.signals;
      const logits = heard.map((signal) => (signal.view ? signal.view.lift(signal.logits, splitOf(within, input, signal)) : signal.logits));
      const weights = input.signals.map((signal) => (heard.includes(signal) ? 1 / heard.length : 0));
      return { target: mixtureOf(logits, heard.map(() => -Math.log(heard.length))), weights };
    },
  }),
});

/** Logits over all classes that split a coarse one's mass: `[batch or 1, classes]`. */
function splitOf(within: LiftOptions['within'], { signals, student }: AggregationInput, { view }: TeacherSignal): Tensor2D {
  if (within === 'student') return student!;
  if (within !== 'teachers') return tf.tensor2d([view!.from.classes.map((name) => Math.log(Math.max(RAREST, within[name]!)))]);
  const fine = signals.filter((signal) => !signal.view);
  return mixtureOf(fine.map(({ logits }) => logits), fine.map(() => -Math.log(fine.length))).logits();
}

function expectFrequencies(frequencies: Readonly<Record<string, number>>, { name: space, classes }: LabelSpace): void {
  const unknown = Object.keys(frequencies).filter((name) => !classes.includes(name)).map((name) => {
    const likely = suggest(name, classes);
    return `within: '${name}' is not a class of '${space}'${likely ? `; did you mean '${likely}'?` : ''}`;
  });
  const missing = classes.filter((name) => frequencies[name] === undefined).map((name) => `within: '${name}' of '${space}' is missing`);
  if (unknown.length + missing.length > 0) throw wrong([...unknown, ...missing]);
}

function wrong(problems: readonly string[]): Error {
  return kdError('KD_STRATEGY_OPTIONS', { kind: 'aggregator', name: 'lift', where: 'aggregation', problems });
}

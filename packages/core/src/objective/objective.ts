import type { Granularity } from '../labels/granularity.ts';
import type { LabelSpace } from '../labels/label-space.ts';
import type { View } from '../labels/view.ts';
import type { Aggregator } from './aggregation.ts';
import type { AlphaScheduler } from './alpha.ts';
import type { Loss } from './loss.ts';

/** A head of the student: a label space and the output that holds its logits. */
export interface Head {
  /** What its outputs are about, one a class, in their order. */
  readonly space: LabelSpace;
  /** The student's output or layer that holds its logits. */
  readonly output: string;
}

/** A loss against labels, on a head or on a view of it (labels may be coarser than the head). */
export interface HardTerm {
  /** `hard/<label space>`. */
  readonly name: string;
  /** Where it compares, as seen from the head. */
  readonly granularity: Granularity;
  /** The head that it trains. */
  readonly head: Head;
  /** Its role is `hard`. */
  readonly loss: Loss;
  /** The label spaces that the loss asked to see the granularity through. */
  readonly views?: Readonly<Record<string, View>> | undefined;
  /** Among the terms against labels. */
  readonly weight: number;
}

/** One teacher's part in a soft term. */
export interface TermTeacher {
  /** Its name in the config. */
  readonly id: string;
  /** Sums a finer teacher's classes into the granularity's. */
  readonly coarsen?: View | undefined;
  /** The classes of the granularity that a teacher of a joined view knows. */
  readonly view?: View | undefined;
}

/** A loss against teachers, in one granularity. */
export interface SoftTerm {
  /** As under `soft` in the config; by default the label space that its teachers speak. */
  readonly name: string;
  /** Where it compares, as seen from the head. */
  readonly granularity: Granularity;
  /** The head that it trains. */
  readonly head: Head;
  /** Those that it listens to, in the order of the config. */
  readonly teachers: readonly TermTeacher[];
  /** Makes one target of its teachers. */
  readonly aggregator: Aggregator;
  /** The student's classes are tempered before they are summed, in place of the other way round. */
  readonly temperFirst?: boolean;
  /** What {@link Aggregator.prepare} found. */
  readonly prepared: unknown;
  /** Its role is `soft`. */
  readonly loss: Loss;
  /** The label spaces that the loss asked to see the granularity through. */
  readonly views?: Readonly<Record<string, View>> | undefined;
  /** Among the terms against teachers. */
  readonly weight: number;
}

/** `L = α · hard + (1 − α) · soft`: everything that the student is trained on, resolved. */
export interface Objective {
  /** The student's, the first one first: accuracy is about it. */
  readonly heads: readonly Head[];
  /** Empty where the data has no labels. */
  readonly hard: readonly HardTerm[];
  /** Empty without teachers. */
  readonly soft: readonly SoftTerm[];
  /** Weighs the two sides at each step. */
  readonly alpha: AlphaScheduler;
}

/** The objective as one line, e.g. `L = α(referee)·CE@digit + (1−α)·[ 1.0·KL(T=4)@low⟨mean: low⟩ ]`. */
export function describeObjective({ hard, soft, alpha }: Objective): string {
  const labels = hard.map(({ loss, granularity, weight }) => `${weight === 1 ? '' : `${weight}·`}${loss.label ?? 'loss'}@${granularity.name}`);
  const teachers = soft.map(({ loss, weight, granularity, aggregator, teachers: heard, temperFirst }) =>
    `${weight.toFixed(1)}·${loss.label ?? 'loss'}@${granularity.name}${temperFirst ? ', tempered first' : ''}⟨${aggregator.label ?? 'aggregate'}: ${heard.map(({ id }) => id).join(', ')}⟩`);
  const hardSide = labels.length === 0 ? '' : labels.length === 1 ? labels[0]! : `(${labels.join(' + ')})`;
  if (teachers.length === 0) return `L = ${hardSide || '0'}`;
  const softSide = `[ ${teachers.join(' + ')} ]`;
  return hardSide ? `L = α(${alpha.label})·${hardSide} + (1−α)·${softSide}` : `L = ${softSide}`;
}

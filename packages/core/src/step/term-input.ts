import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { sparseLabels, sparseLogits, sparseView } from '../knowledge/sparse-view.ts';
import { targetOf, type Target } from '../knowledge/target.ts';
import type { Aggregate, AggregationInput } from '../objective/aggregation.ts';
import type { LossContext, LossInput } from '../objective/loss.ts';
import { perSampleOf } from '../objective/loss.ts';
import type { SoftTerm } from '../objective/objective.ts';
import { remembered } from '../tensor/remembered.ts';
import { stopGradient } from '../tensor/stop-gradient.ts';
import { under, type NamedTensors } from '../tensor/named-tensors.ts';
import type { Batch } from './batch.ts';
import { rowsOf } from './rows.ts';
import { termSignals, type TermSignals } from './term-signals.ts';

/** A soft term before the student has answered: what its teachers said, and their target where it can be known already. */
export interface PreparedTerm {
  readonly term: SoftTerm;
  readonly signals: TermSignals;
  /** Labels of the transfer rows in the classes that the term compares; made when somebody asks. */
  readonly labels: () => Tensor1D;
  /** Undefined for aggregators that look at the student first, and for losses on features alone. */
  readonly aggregate: Aggregate | undefined;
}

/** Runs before the gradient tape opens: nothing here depends on the student. */
export function prepareTerm(term: SoftTerm, batch: Batch): PreparedTerm {
  const signals = termSignals(term, batch);
  const labels = remembered(() => labelsOf(term, signals, batch));
  const early = signals.signals.length > 0 && !term.aggregator.needs?.student;
  return { term, signals, labels, aggregate: early ? aggregate(term, signals, labels) : undefined };
}

function labelsOf({ head, granularity }: SoftTerm, { sparse }: TermSignals, batch: Batch): Tensor1D {
  const own = rowsOf(batch.tensors[`labels/${head.space.name}`]!, batch.layout.transfer!, batch.layout) as Tensor1D;
  const seen = granularity.space.kind === 'values' ? own : granularity.view.labels(own);
  return sparse ? sparseLabels(seen, sparse) : seen;
}

function aggregate(term: SoftTerm, { signals, sparse }: TermSignals, labels: () => Tensor1D, more: Partial<AggregationInput> = {}): Aggregate {
  if (sparse) return { target: targetOf(sparseLogits(sparse)), weights: [1] };
  const classes = term.granularity.space.classes.length;
  return term.aggregator.aggregate({ signals, classes, get labels() { return labels(); }, ...more }, term.prepared);
}

/** The student as the term compares it. @param head `[batch, classes of the head]` */
export function studentIn({ term, signals }: PreparedTerm, head: Tensor2D): Tensor2D {
  const { granularity: { view }, temperFirst, loss: { temperature = 1 } } = term;
  const seen = temperFirst ? tf.mul(view.apply(tf.div(head, temperature)), temperature) as Tensor2D : view.apply(head);
  return signals.sparse ? sparseView(seen, signals.sparse) : seen;
}

/** The input of a term's loss. The target is made here when its aggregator had to see the student first. */
export function lossInput(
  prepared: PreparedTerm,
  student: Tensor2D,
  features: LossInput['features'],
  context: LossContext,
  retarget: (term: string, target: Target) => Target,
): { readonly input: LossInput; readonly weights: Aggregate['weights'] } {
  const { term, signals, labels } = prepared;
  const inputFor = (target: Target, logits: Tensor2D): LossInput => ({ student: logits, target, get labels() { return labels(); }, features, ...(term.views && { views: term.views }) });
  if (prepared.aggregate) return { input: inputFor(prepared.aggregate.target, student), weights: prepared.aggregate.weights };
  if (signals.signals.length === 0) return { input: inputFor(targetOf(student), student), weights: undefined };

  // All that the aggregator sees is constant, so its target is constant too, but for a temperature that learns.
  const constant = stopGradient(student);
  const late = aggregate(term, signals, labels, {
    student: constant,
    gradientOf: (k) => stopGradient(tf.grad((logits: Tensor) => {
      const only = targetOf(signals.signals[k]!.logits);
      return tf.sum(perSampleOf(term.loss.compute(inputFor(only, logits as Tensor2D), context)));
    })(constant) as Tensor2D),
  });
  return { input: inputFor(retarget(term.name, late.target), student), weights: late.weights };
}

/** The teacher features that a term asked for, by layer. */
export function teacherFeatures(term: SoftTerm, batch: Batch): NamedTensors {
  const wanted = term.loss.needs?.features?.teacher;
  return wanted ? under(batch.tensors, `signals/${wanted.id}/features`) : {};
}

import type { Tensor2D } from '@tensorflow/tfjs-core';
import { densify, signalOf, type Signal, type SparseSignal } from '../knowledge/signal.ts';
import type { TeacherSignal } from '../objective/aggregation.ts';
import type { SoftTerm } from '../objective/objective.ts';
import { under } from '../tensor/named-tensors.ts';
import type { Batch } from './batch.ts';

/** What the teachers of a term gave for this batch, in the term's granularity; nothing for losses on features alone. */
export interface TermSignals {
  readonly signals: readonly TeacherSignal[];
  /** Set when one sparse teacher speaks alone: the comparison then happens in its own k + 1 classes. */
  readonly sparse: SparseSignal | undefined;
}

export function termSignals(term: SoftTerm, batch: Batch): TermSignals {
  const classes = term.granularity.space.classes.length;
  const signals: TeacherSignal[] = [];
  if (term.loss.needs?.logits === false) return { signals, sparse: undefined };
  for (const teacher of term.teachers) {
    const signal = signalOf(under(batch.tensors, `signals/${teacher.id}`));
    if (!signal) continue;
    const known = teacher.coarsen?.from.classes.length ?? teacher.view?.to.classes.length ?? classes;
    const answer = logitsOf(signal, known);
    signals.push({ teacher: teacher.id, signal, logits: teacher.coarsen ? teacher.coarsen.apply(answer) : answer, view: teacher.view });
  }
  const [only] = signals;
  const alone = signals.length === 1 && only?.signal.kind === 'sparse' && !term.teachers[0]!.coarsen && !only.view && !term.views;
  return { signals, sparse: alone ? (only.signal as SparseSignal) : undefined };
}

function logitsOf(signal: Signal, classes: number): Tensor2D {
  if (signal.kind === 'sparse') return densify(signal, classes);
  return signal.kind === 'dense' ? signal.logits : signal.values;
}

import * as tf from '@tensorflow/tfjs-core';
import { KdError, kdError } from '../errors/kd-error.ts';
import { messageOf } from '../errors/wording.ts';
import { disposeAll, withPrefix, type NamedTensors } from '../tensor/named-tensors.ts';
import type { SignalSource } from './signal-source.ts';
import type { Teacher } from './teacher.ts';

/**
 * Signals from teachers that answer batch by batch, one after the other: interleaved, they would free each other's tensors.
 *
 * @param resident teachers that stay in memory; the others come for their turn only. All when left out.
 */
export function liveSource(teachers: readonly Teacher[], featuresOf: (teacher: string) => readonly string[], resident?: readonly string[]): SignalSource {
  const askInTurn = async (teacher: Teacher, inputs: Readonly<NamedTensors>): Promise<NamedTensors> => {
    const { id } = teacher.manifest;
    if (resident === undefined || resident.includes(id)) return answer(teacher, inputs, featuresOf(id));
    try {
      teacher.unpark?.();
      return await answer(teacher, inputs, featuresOf(id));
    } finally {
      await teacher.park?.();
    }
  };
  return {
    live: true,
    async signals(_rows, inputs) {
      const signals: NamedTensors = {};
      try {
        for (const teacher of teachers) Object.assign(signals, withPrefix(teacher.manifest.id, await askInTurn(teacher, inputs)));
      } catch (error) {
        disposeAll(signals);
        throw error;
      }
      return signals;
    },
  };
}

/**
 * A teacher's answer, owned by the caller; temporaries are not left behind.
 *
 * @throws KD_TEACHER_FAILED for what the teacher throws itself
 */
export async function answer(teacher: Teacher, inputs: Readonly<NamedTensors>, features: readonly string[]): Promise<NamedTensors> {
  try {
    return await ask(teacher, inputs, features);
  } catch (error) {
    if (error instanceof KdError) throw error;
    throw kdError('KD_TEACHER_FAILED', { teacher: teacher.manifest.id, message: messageOf(error) }, error);
  }
}

async function ask(teacher: Teacher, inputs: Readonly<NamedTensors>, features: readonly string[]): Promise<NamedTensors> {
  let later: Promise<NamedTensors> | undefined;
  const now = tf.tidy(() => {
    const answered = teacher.signals(inputs, features);
    if (answered instanceof Promise) {
      later = answered;
      // What it has made so far is still needed.
      return Object.fromEntries(tf.engine().state.activeScope.track.map((tensor) => [tensor.id, tensor]));
    }
    return owned(answered);
  }) as NamedTensors;
  if (!later) return now;
  let answered: NamedTensors = {};
  try {
    answered = await later;
    const given = new Set(Object.values(inputs));
    return Object.fromEntries(Object.entries(answered).map(([name, tensor]) => [name, given.has(tensor) ? tf.clone(tensor) : tensor]));
  } finally {
    const kept = new Set(Object.values(answered));
    for (const tensor of Object.values(now)) if (!kept.has(tensor) && !tensor.kept) tensor.dispose();
  }
}

/** Copies of references: a teacher may give its input back, or a tensor of its own. */
function owned(answered: Readonly<NamedTensors>): NamedTensors {
  return Object.fromEntries(Object.entries(answered).map(([name, value]) => [name, tf.clone(value)]));
}

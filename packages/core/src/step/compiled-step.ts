import type { Tensor1D } from '@tensorflow/tfjs-core';
import type { CompiledFunction, Compile, CompileHints, PureFunction } from '../tensor/pure-function.ts';
import type { RandomSource } from '../tensor/random.ts';
import { disposeAll, under, withPrefix, type NamedTensors } from '../tensor/named-tensors.ts';
import type { Batch, BatchLayout } from './batch.ts';
import type { Step } from './step.ts';

/** The same step with its functions compiled, once per batch layout. */
export interface CompiledStep extends Step {
  /** Frees what was recorded. */
  dispose(): void;
}

/**
 * @param random the source of a step's random numbers, made of its knobs alone: inside a recording nothing else may say
 *   what they are
 */
export function compiledStep(step: Step, compile: Compile, random: (knobs: Readonly<NamedTensors>) => RandomSource): CompiledStep {
  const compiled = new Map<string, CompiledFunction>();
  const once = (key: string, name: string, fn: PureFunction, hints?: CompileHints): CompiledFunction => {
    let found = compiled.get(key);
    if (!found) compiled.set(key, (found = compile(name, fn, hints)));
    return found;
  };
  /** What the optimizer makes anew. */
  const optimized = (state: Readonly<NamedTensors>, gradients: Readonly<NamedTensors>, knobs: Readonly<NamedTensors>): NamedTensors => {
    const half = once('apply', 'the optimizer', (inputs) => {
      const before = under(inputs, 'state');
      return changed(before, step.apply(before, under(inputs, 'gradients'), {}, under(inputs, 'knobs')));
    }, { elementwise: true });
    const own = (named: Readonly<NamedTensors>, weights: Readonly<NamedTensors> | { learningRate: true }): NamedTensors =>
      Object.fromEntries(Object.entries(named).filter(([name]) => name in weights || name.startsWith('optimizer/')));
    return half({ ...withPrefix('state', own(state, gradients)), ...withPrefix('gradients', gradients), ...withPrefix('knobs', own(knobs, { learningRate: true })) });
  };
  const differentiated = (inputs: Readonly<NamedTensors>, layout: BatchLayout): ReturnType<Step['differentiate']> =>
    step.differentiate(under(inputs, 'state'), { layout, tensors: under(inputs, 'batch') }, under(inputs, 'knobs'), random);

  return {
    stats: step.stats,
    initial: () => step.initial(),
    take(state, batch, knobs) {
      const whole = once(`step ${layoutKey(batch)}`, 'the training step', (inputs) => {
        const { gradients, updates, stats } = differentiated(inputs, batch.layout);
        const next = optimized(under(inputs, 'state'), gradients, under(inputs, 'knobs'));
        return { ...withPrefix('state', { ...next, ...updates }), stats };
      });
      const done = whole(inputsOf(state, batch, knobs));
      const next = under(done, 'state');
      const ahead = { ...state, ...next };
      return {
        stats: done['stats'] as Tensor1D,
        ahead,
        accept() {
          disposeReplaced(state, next);
          return ahead;
        },
        reject: () => disposeAll(next),
      };
    },
    differentiate(state, batch, knobs) {
      const half = once(`gradients ${layoutKey(batch)}`, 'the gradients of a part of a batch', (inputs) => {
        const { gradients, updates, stats } = differentiated(inputs, batch.layout);
        return { ...withPrefix('gradients', gradients), ...withPrefix('updates', updates), stats };
      });
      const done = half(inputsOf(state, batch, knobs));
      return { gradients: under(done, 'gradients'), updates: under(done, 'updates'), stats: done['stats'] as Tensor1D };
    },
    apply(state, gradients, updates, knobs) {
      const next = optimized(state, gradients, knobs);
      disposeAll(gradients);
      const changes = { ...next, ...updates };
      disposeReplaced(state, changes);
      return { ...state, ...changes };
    },
    dispose() {
      for (const fn of compiled.values()) fn.dispose();
      compiled.clear();
    },
  };
}

function layoutKey({ layout: { rows, labelled, transfer } }: Batch): string {
  return `${rows} ${labelled ?? '-'} ${transfer ?? '-'}`;
}

function inputsOf(state: Readonly<NamedTensors>, batch: Batch, knobs: Readonly<NamedTensors>): NamedTensors {
  return { ...withPrefix('state', state), ...withPrefix('batch', batch.tensors), ...withPrefix('knobs', knobs) };
}

/** What a function has made anew; the rest need not leave it. */
function changed(before: Readonly<NamedTensors>, after: Readonly<NamedTensors>): NamedTensors {
  return Object.fromEntries(Object.entries(after).filter(([name, tensor]) => before[name] !== tensor));
}

/** Frees the tensors of a state in whose place there are new ones. */
function disposeReplaced(state: Readonly<NamedTensors>, next: Readonly<NamedTensors>): void {
  for (const name in next) state[name]!.dispose();
}

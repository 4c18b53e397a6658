import { clone, engine, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { messageOf, type Compile, type CompiledFunction, type NamedTensors, type PureFunction } from '@kd/core';
import { Exhausted } from '../binding/exhausted.ts';
import type { TensorflowBackend } from '../kernel-backend.ts';
import { differenceOf } from './difference.ts';
import { callInside, fits, recordFunction, run, type Fitted } from './fitted.ts';
import { GraphExecutor } from './graph-executor.ts';
import { forget } from './record.ts';

export interface CompileOptions {
  /** Each recording becomes one XLA program. */
  readonly xla: boolean;
  /** Hears why a function runs eagerly. Throws where the run should rather stop. */
  readonly refuse: (name: string, why: string) => void;
}

/** So often in a row a function may keep what it has computed, such as a mask for later calls of each shape. */
const MOST_KEPT = 3;

/** Elements of all inputs. To start an XLA program for fewer takes longer than it saves. */
const FUSED_FROM = 2 ** 19;

/**
 * Records a function at its first call for inputs of some names and shapes, and again at the second: what a number from
 * outside has frozen into the first is different in the second. A function that cannot be recorded, or that is not pure,
 * runs eagerly from then on, as does one that TensorFlow refuses (XLA does not know every operation). Where a captured tensor
 * is gone, it is recorded again, and where it has kept a tensor that it has computed: later calls capture that.
 */
export function compileWith(backend: TensorflowBackend, options: CompileOptions): Compile {
  const { runtime } = backend;
  /** Large elementwise functions are XLA programs, which go through memory once. Not where the whole is one; not tried on a GPU. */
  let fusing = !options.xla && !runtime.usesGpu;
  const fuses = (elementwise: boolean, inputs: Readonly<NamedTensors>): boolean => elementwise && fusing && sizeOf(inputs) >= FUSED_FROM;
  const collected = new FinalizationRegistry<Fitted[]>((all) => all.splice(0).forEach(({ recording }) => forget(runtime, recording)));

  return (name, fn, { elementwise = false } = {}) => {
    const all: Fitted[] = [];
    let eager = false;
    let kept = 0;

    const attempt = (inputs: Readonly<NamedTensors>): Fitted => {
      const known = all.find((fitted) => fits(fitted, inputs));
      const alive = known?.recording.captured.every((id) => runtime.handles.has(id)) ?? false;
      if (known?.proven && alive) return known;
      const fresh = recordFunction(backend, fn, inputs, options.xla || fuses(elementwise, inputs));
      if (fresh.kept.length > 0) return fresh;
      kept = 0;
      if (!known) {
        all.unshift(fresh);
        return fresh;
      }
      const difference = alive ? differenceOf(known.recording.taken, fresh.recording.taken) : undefined;
      forget(runtime, alive ? fresh.recording : known.recording);
      if (difference) throw new Error(`it is not the same at every call: ${difference}`);
      if (!alive) known.recording = fresh.recording;
      else {
        known.proven = true;
        known.recording = { ...known.recording, taken: [] };
      }
      return known;
    };

    const goOnEagerly = (answer: NamedTensors, why: string): NamedTensors => {
      eager = true;
      try {
        options.refuse(name, why);
      } catch (error) {
        for (const tensor of Object.values(answer)) tensor.dispose();
        throw error;
      }
      return answer;
    };

    const call = (inputs: Readonly<NamedTensors>): NamedTensors => {
      const { executor } = runtime;
      // Inside another recording, or a gradient tape, it is a part of that.
      if (executor !== runtime.eager || engine().state.gradientDepth > 0) {
        return executor instanceof GraphExecutor && fuses(elementwise, inputs) ? callInside(backend, executor, attempt(inputs), inputs) : fn(inputs);
      }
      if (eager) return eagerly(fn, inputs);
      let fitted: Fitted | undefined;
      let answer: NamedTensors | undefined;
      let why = '';
      runtime.handles.hold(); // A recording may capture what the function frees after it.
      try {
        fitted = attempt(inputs);
        answer = run(backend, fitted, inputs);
      } catch (error) {
        // What has run before fails for reasons of the moment.
        if (error instanceof Exhausted || fitted?.proven) throw error;
        why = messageOf(error);
      } finally {
        runtime.handles.letGo();
      }
      if (fitted && answer) {
        if (fitted.kept.length === 0) return answer;
        forget(runtime, fitted.recording);
        return kept++ < MOST_KEPT ? answer : goOnEagerly(answer, `it keeps a tensor from one call to the next, made at ${fitted.keptAt}`);
      }
      if (fitted && fusing) {
        // XLA may not know an operation of somebody's optimizer.
        fusing = false;
        all.splice(0).forEach(({ recording }) => forget(runtime, recording));
        return call(inputs);
      }
      return goOnEagerly(eagerly(fn, inputs), why); // A mistake of the function's own is thrown here, as it is.
    };
    const compiled: CompiledFunction = Object.assign(call, { dispose: () => all.splice(0).forEach(({ recording }) => forget(runtime, recording)) });
    collected.register(compiled, all);
    return compiled;
  };
}

function sizeOf(tensors: Readonly<NamedTensors>): number {
  return Object.values(tensors).reduce((sum, { size }) => sum + size, 0);
}

/** Inputs are lent as references of their own: a function may free what it was given. */
function eagerly(fn: PureFunction, inputs: Readonly<NamedTensors>): NamedTensors {
  return tidy(() => fn(Object.fromEntries(Object.entries(inputs).map(([name, tensor]): [string, Tensor] => [name, clone(tensor)])))) as NamedTensors;
}

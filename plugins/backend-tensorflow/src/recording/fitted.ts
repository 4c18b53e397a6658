import { engine } from '@tensorflow/tfjs-core';
import type { NamedTensors, PureFunction } from '@kd/core';
import type { TensorflowBackend } from '../kernel-backend.ts';
import type { GraphExecutor } from './graph-executor.ts';
import { record, type Recording } from './record.ts';

/** A recording for inputs of certain names, types and shapes. */
export interface Fitted {
  readonly names: readonly string[];
  readonly outputNames: readonly string[];
  recording: Recording;
  /** Tensors that the function has made and keeps, by their numbers: further outputs, which give them their values. */
  readonly kept: readonly number[];
  /** Where the first of them was made. */
  readonly keptAt: string | undefined;
  /** Recorded a second time, with the same result. */
  proven: boolean;
}

export function fits({ names, recording }: Fitted, inputs: Readonly<NamedTensors>): boolean {
  let i = 0;
  for (const name in inputs) {
    const { shape, dtype } = inputs[name]!;
    const wanted = recording.inputs[i];
    if (!wanted || names[i++] !== name || wanted.type !== dtype || wanted.shape.length !== shape.length) return false;
    for (let d = 0; d < shape.length; d++) if (wanted.shape[d] !== shape[d]) return false;
  }
  return i === names.length;
}

export function recordFunction(backend: TensorflowBackend, fn: PureFunction, inputs: Readonly<NamedTensors>, xla: boolean): Fitted {
  const names = Object.keys(inputs);
  const specs = names.map((name) => {
    const { dtype, shape } = inputs[name]!;
    return { type: dtype, dtype: backend.getDTypeInteger(dtype), shape };
  });
  let outputNames: readonly string[] = [];
  let kept: readonly number[] = [];
  let keptAt: string | undefined;
  const recording = record(backend.runtime, specs, (args) => {
    let outputs: readonly number[] = [];
    kept = backend.survivorsOf(() => {
      engine().startScope('recording');
      try {
        const results = fn(Object.fromEntries(names.map((name, i) => [name, backend.createOutputTensor({ ...args[i]!, shape: [...args[i]!.shape] })])));
        outputNames = Object.keys(results);
        outputs = backend.idsOf(Object.values(results));
      } finally {
        engine().endScope();
      }
    });
    if (kept.length > 0) keptAt = (backend.runtime.executor as GraphExecutor).originOf(kept[0]!);
    return [...outputs, ...kept];
  }, xla);
  return { names, outputNames, recording, kept, keptAt, proven: false };
}

/** What has run before runs ahead: if it fails, then for reasons of the moment, which nobody waits for here. */
export function run(backend: TensorflowBackend, { names, outputNames, recording, kept, proven }: Fitted, inputs: Readonly<NamedTensors>): NamedTensors {
  const ids = backend.idsOf(names.map((name) => inputs[name]!));
  const { eager, handles } = backend.runtime;
  handles.reach(recording.innerBytes, 'A compiled function');
  const all = [...ids, ...recording.captured];
  const pointers = proven && !backend.runtime.usesGpu ? eager.runAhead(recording.operation, all, recording.outputs.length) : eager.run(recording.operation, [], all, recording.outputs.length);
  const results: NamedTensors = {};
  outputNames.forEach((name, i) => {
    const { dtype, shape } = recording.outputs[i]!;
    results[name] = backend.createOutputTensor({ id: handles.add(pointers[i]!, dtype, shape), dtype, shape: [...shape] });
  });
  kept.forEach((id, i) => {
    const { dtype, shape } = recording.outputs[outputNames.length + i]!;
    handles.adopt(id, pointers[outputNames.length + i]!, dtype, shape);
  });
  return results;
}

/** As one operation of another recording. */
export function callInside(backend: TensorflowBackend, outer: GraphExecutor, { names, outputNames, recording }: Fitted, inputs: Readonly<NamedTensors>): NamedTensors {
  const made = outer.call(recording, [...backend.idsOf(names.map((name) => inputs[name]!)), ...recording.captured]);
  return Object.fromEntries(outputNames.map((name, i) => [name, backend.createOutputTensor(made[i]!)]));
}

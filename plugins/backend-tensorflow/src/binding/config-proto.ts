/** What is set on a TensorFlow context before it starts; the fields of its `ConfigProto`. */
export interface ContextSettings {
  /** Threads inside one operation; all cores when left out. */
  readonly intraOpThreads?: number | undefined;
  /** Operations that run side by side; as many as cores when left out. */
  readonly interOpThreads?: number | undefined;
  /** CPU devices that are shown; 1 when left out. */
  readonly cpuDevices?: number | undefined;
  /** GPU memory is taken as it is needed. */
  readonly growth?: boolean | undefined;
  /** The most bytes of each visible GPU; on a CPU, of the tensors that are held. */
  readonly limitBytes?: number | undefined;
  /** Numbers of the GPUs that may be used, e.g. `0,2`; none: `-1`. */
  readonly visibleGpus?: string | undefined;
  /** A GPU allocator, e.g. `BFC`; `cuda_malloc_async` is CUDA's own. */
  readonly allocator?: string | undefined;
}

/** Field numbers are those of `tensorflow/core/protobuf/config.proto`. */
export function configProto({ intraOpThreads, interOpThreads, cpuDevices, growth, limitBytes, visibleGpus, allocator }: ContextSettings): Uint8Array {
  const message: number[] = [];
  if (cpuDevices !== undefined) message.push(...nested(1, [...text(1, 'CPU'), ...number(2, cpuDevices)]));
  if (intraOpThreads !== undefined) message.push(...number(2, intraOpThreads));
  if (interOpThreads !== undefined) message.push(...number(5, interOpThreads));
  const ownAllocator = allocator === 'cuda_malloc_async';
  const virtual = limitBytes === undefined ? [] : nested(1, packedFloats(1, [limitBytes / 2 ** 20]));
  // Nobody else will free memory while an operation waits for it: it fails at once, and a smaller step is tried.
  const failsAtOnce = number(12, 1);
  const experimental = [...virtual, ...(ownAllocator ? number(11, 1) : []), ...failsAtOnce];
  const gpu = [
    ...(allocator === undefined || ownAllocator ? [] : text(2, allocator)),
    ...(growth ? number(4, 1) : []),
    ...(visibleGpus === undefined ? [] : text(5, visibleGpus)),
    ...nested(9, experimental),
  ];
  message.push(...nested(6, gpu));
  return Uint8Array.from(message);
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  return [...bytes, rest];
}

function number(field: number, value: number): number[] {
  return [...varint(field * 8), ...varint(value)];
}

function nested(field: number, bytes: readonly number[]): number[] {
  return [...varint(field * 8 + 2), ...varint(bytes.length), ...bytes];
}

function text(field: number, value: string): number[] {
  return nested(field, [...Buffer.from(value)]);
}

function packedFloats(field: number, values: readonly number[]): number[] {
  return nested(field, [...new Uint8Array(Float32Array.from(values).buffer)]);
}

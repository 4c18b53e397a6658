import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { floats, makeFloats, release, reshaped, run, sizeOf } from './kernel-calls.ts';

/** How many rows one pass adds up: the most that the backend's depthwise convolution takes without a detour. */
const ROWS_A_PASS = 25;
/** Narrower tensors would leave the vector unit idle. */
const LEAST_WIDTH = 8;
/** Smaller tensors are done before a kernel call has begun. */
const LEAST_SIZE = 16_384;

/** Sums a tensor `[outer, length, inner]` over its middle axis. */
export function sumMiddle(backend: BackendWasm, x: TensorInfo): TensorInfo {
  const inner = x.shape[2] ?? 1;
  return inner < LEAST_WIDTH || sizeOf(x) < LEAST_SIZE ? inDoubles(backend, x) : byConvolution(backend, x);
}

/**
 * A depthwise convolution with a filter of ones adds up 25 rows at a time, until one row is left. Adding in such a
 * tree also keeps rounding errors small.
 */
function byConvolution(backend: BackendWasm, x: TensorInfo): TensorInfo {
  const [outer = 1, length = 1, inner = 1] = x.shape;
  let rows = length;
  let current = reshaped(x, [outer, rows, 1, inner]);
  do {
    const height = Math.min(ROWS_A_PASS, rows);
    const sums = Math.ceil(rows / height);
    const filter = makeFloats(backend, [height, 1, inner, 1]);
    floats(backend, filter).fill(1);
    // The stride is the same both ways, since the backend takes no other; the image is one column wide.
    const next = run(backend, 'DepthwiseConv2dNative', { x: current, filter }, {
      strides: [height, height], dilations: [1, 1], pad: [[0, 0], [0, sums * height - rows], [0, 0], [0, 0]],
    });
    release(backend, filter);
    if (current.dataId !== x.dataId) release(backend, current);
    current = next;
    rows = sums;
  } while (rows > 1);
  return reshaped(current, [outer, inner]);
}

function inDoubles(backend: BackendWasm, x: TensorInfo): TensorInfo {
  const [outer = 1, length = 1, inner = 1] = x.shape;
  const result = makeFloats(backend, [outer, inner]);
  const from = floats(backend, x);
  const to = floats(backend, result);
  for (let block = 0; block < outer; block++) {
    for (let column = 0; column < inner; column++) {
      let total = 0;
      const end = (block + 1) * length * inner;
      for (let index = block * length * inner + column; index < end; index += inner) total += from[index]!;
      to[block * inner + column] = total;
    }
  }
  return result;
}

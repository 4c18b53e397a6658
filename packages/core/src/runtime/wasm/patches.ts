import type { ConvolutionShape } from './convolution-shape.ts';

/** Some rows of a convolution's output, counted through the whole batch. */
export interface OutputRows {
  readonly begin: number;
  readonly count: number;
}

/** How many numbers one block of patches may hold: about what stays in a core's cache. */
const BLOCK = 524_288;
/** Blocks with fewer output positions than this spend their time on overheads. */
const LEAST_POSITIONS = 512;

/** Cuts all output rows into blocks whose patches are small enough to stay in the cache. */
export function blocksOfRows(shape: ConvolutionShape): OutputRows[] {
  const { batchSize, outHeight, outWidth } = shape;
  const positions = Math.max(LEAST_POSITIONS, BLOCK / patchSize(shape));
  const atOnce = Math.max(1, Math.round(positions / outWidth));
  const blocks: OutputRows[] = [];
  for (let begin = 0; begin < batchSize * outHeight; begin += atOnce) {
    blocks.push({ begin, count: Math.min(atOnce, batchSize * outHeight - begin) });
  }
  return blocks;
}

/** What one output position sees: filter height · filter width · input channels. */
export function patchSize({ filterHeight, filterWidth, inChannels }: ConvolutionShape): number {
  return filterHeight * filterWidth * inChannels;
}

/**
 * Writes the patches that the given output rows see, one column a position.
 * @param input `[batch, height, width, channels]`
 * @param patches `[patch size, rows · output width]`, overwritten
 */
export function gatherPatches(shape: ConvolutionShape, rows: OutputRows, input: Float32Array, patches: Float32Array): void {
  const { inHeight, inWidth, inChannels, outHeight, outWidth, filterHeight, filterWidth, strideHeight, strideWidth } = shape;
  const positions = rows.count * outWidth;
  const step = strideWidth * inChannels;
  patches.fill(0, 0, patchSize(shape) * positions);
  for (let row = 0; row < rows.count; row++) {
    const image = Math.floor((rows.begin + row) / outHeight);
    const top = ((rows.begin + row) % outHeight) * strideHeight - shape.padInfo.top;
    for (let y = 0; y < filterHeight; y++) {
      if (top + y < 0 || top + y >= inHeight) continue;
      const inputRow = (image * inHeight + top + y) * inWidth;
      for (let x = 0; x < filterWidth; x++) {
        const shift = x - shape.padInfo.left;
        const first = Math.max(0, Math.ceil(-shift / strideWidth));
        const end = Math.min(outWidth, Math.ceil((inWidth - shift) / strideWidth));
        const from = (inputRow + first * strideWidth + shift) * inChannels;
        const to = (y * filterWidth + x) * inChannels * positions + row * outWidth + first;
        transposeRow(input, from, step, inChannels, patches, to, positions, end - first);
      }
    }
  }
}

/** Copies `count` positions, each with its channels side by side, to one row a channel; four channels at a time. */
function transposeRow(
  from: Float32Array, start: number, step: number, channels: number,
  to: Float32Array, target: number, rowLength: number, count: number,
): void {
  const inFours = channels - channels % 4;
  for (let channel = 0; channel < inFours; channel += 4) {
    const [first, second] = [target + channel * rowLength, target + (channel + 1) * rowLength];
    const [third, fourth] = [second + rowLength, second + 2 * rowLength];
    for (let i = 0, at = start + channel; i < count; i++, at += step) {
      to[first + i] = from[at]!;
      to[second + i] = from[at + 1]!;
      to[third + i] = from[at + 2]!;
      to[fourth + i] = from[at + 3]!;
    }
  }
  for (let channel = inFours; channel < channels; channel++) {
    const row = target + channel * rowLength;
    for (let i = 0, at = start + channel; i < count; i++, at += step) to[row + i] = from[at]!;
  }
}

/**
 * The adjoint of `gatherPatches`, with one row a position: adds each patch to the input cells that it came from.
 * @param patches `[rows · output width, patch size]`
 * @param input `[batch, height, width, channels]`, added to
 */
export function scatterPatches(shape: ConvolutionShape, rows: OutputRows, patches: Float32Array, input: Float32Array): void {
  const { inHeight, inWidth, inChannels, outHeight, outWidth, filterHeight, filterWidth, strideHeight, strideWidth } = shape;
  let position = 0;
  for (let row = 0; row < rows.count; row++) {
    const image = Math.floor((rows.begin + row) / outHeight);
    const top = ((rows.begin + row) % outHeight) * strideHeight - shape.padInfo.top;
    for (let column = 0; column < outWidth; column++, position++) {
      const left = column * strideWidth - shape.padInfo.left;
      const first = Math.max(0, -left);
      const cells = (Math.min(filterWidth, inWidth - left) - first) * inChannels;
      for (let y = 0; y < filterHeight; y++) {
        if (top + y < 0 || top + y >= inHeight) continue;
        const to = ((image * inHeight + top + y) * inWidth + left + first) * inChannels;
        const from = position * patchSize(shape) + (y * filterWidth + first) * inChannels;
        for (let cell = 0; cell < cells; cell++) input[to + cell] = input[to + cell]! + patches[from + cell]!;
      }
    }
  }
}

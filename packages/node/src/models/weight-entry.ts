import { z } from 'zod';

/** One weight as a model.json lists it. */
export interface WeightEntry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32' | 'bool' | 'string';
  readonly group?: 'model' | 'optimizer' | undefined;
  readonly quantization?: Quantization | undefined;
}

export type Quantization =
  | { readonly dtype: 'uint8' | 'uint16'; readonly scale: number; readonly min: number }
  | { readonly dtype: 'float16' };

export interface WeightGroup {
  readonly paths: readonly string[];
  readonly weights: readonly WeightEntry[];
}

// JSON has no NaN, and zod's numbers are finite: a scale is a number.
const quantization: z.ZodType<Quantization> = z.union([
  z.object({ dtype: z.enum(['uint8', 'uint16']), scale: z.number(), min: z.number() }),
  z.object({ dtype: z.literal('float16') }),
]);

const entry: z.ZodType<WeightEntry> = z.object({
  name: z.string().min(1).max(1000),
  shape: z.array(z.int().min(0)).max(16),
  dtype: z.enum(['float32', 'int32', 'bool', 'string']),
  group: z.enum(['model', 'optimizer']).optional(),
  quantization: quantization.optional(),
});

export const weightsManifestSchema: z.ZodType<readonly WeightGroup[]> = z.array(z.object({ paths: z.array(z.string()).max(10_000), weights: z.array(entry).max(100_000) })).max(10_000);

const widths = { float32: 4, int32: 4, bool: 1, uint8: 1, uint16: 2, float16: 2 } as const;

/** The bytes that a weight takes in its file; undefined for text, which says its length as it goes. */
export function bytesOfWeight({ shape, dtype, quantization }: WeightEntry): number | undefined {
  const stored = quantization?.dtype ?? dtype;
  return stored === 'string' ? undefined : shape.reduce((product, dimension) => product * dimension, widths[stored]);
}

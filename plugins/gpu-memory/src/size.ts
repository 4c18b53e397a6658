import { z } from 'zod';

const UNITS: Readonly<Record<string, number>> = {
  B: 1, KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12, KIB: 2 ** 10, MIB: 2 ** 20, GIB: 2 ** 30, TIB: 2 ** 40,
};

/** Bytes of a size such as `'512MB'` (512 · 10⁶) or `'1.5 GiB'` (1.5 · 2³⁰), or why it is none. */
export function parseSize(text: string): number | { readonly problem: string } {
  const [, digits, unit] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*$/i.exec(text) ?? [];
  const factor = unit && UNITS[unit.toUpperCase()];
  const bytes = factor ? Math.floor(Number(digits) * factor) : 0;
  if (bytes > 0 && Number.isSafeInteger(bytes)) return bytes;
  return { problem: `'${text}' is no size: write a number above 0 and B, KB, MB, GB, KiB, MiB or GiB, e.g. '512MB', or a number of bytes` };
}

/** A number of bytes, or a size as {@link parseSize} reads it. */
export const size: z.ZodType<number> = z.union([z.int().positive(), z.string()], { error: "expected a number of bytes or a size such as '512MB'" }).transform((given, context) => {
  const bytes = typeof given === 'number' ? given : parseSize(given);
  if (typeof bytes === 'number') return bytes;
  context.addIssue(bytes.problem);
  return z.NEVER;
});

/** `'1.50 GB'`: bytes for people. */
export function formatSize(bytes: number): string {
  const [unit, factor] = Object.entries(UNITS).slice(0, 5).findLast(([, of]) => bytes >= of) ?? ['B', 1];
  return `${unit === 'B' ? bytes : (bytes / factor).toFixed(2)} ${unit}`;
}

/** `value`, but at least `low` and at most `high`. */
export function clip(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}

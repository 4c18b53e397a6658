/** The oldest TensorFlow that has every C function that kd calls. */
export const oldestVersion: string = '2.18.0';

/** The newest one that kd has been tested with; `kd backend install` takes no newer one unless asked to. */
export const newestTested: string = '2.20.0';

/** Sorts `2.9.1` before `2.10.0`, and `2.20.0rc1` before `2.20.0`. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [partsOf(a), partsOf(b)];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return Number(isStable(a)) - Number(isStable(b)) || (a < b ? -1 : a > b ? 1 : 0);
}

export function isStable(version: string): boolean {
  return /^\d+(\.\d+)*$/.test(version);
}

/** `2.20.0` of `2.20.0rc1`, as a package spells it, and of `2.20.0-rc1`, as the library itself does. */
export function releaseOf(version: string): string {
  return /^\d+(\.\d+)*/.exec(version)?.[0] ?? '';
}

function partsOf(version: string): readonly number[] {
  return releaseOf(version).split('.').map(Number);
}

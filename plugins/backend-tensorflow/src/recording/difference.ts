import type { Taken } from './graph-executor.ts';
import { originOf } from './origin.ts';

/** The first place where two recordings of one function differ, in words; undefined where they are equal. */
export function differenceOf(first: readonly Taken[], second: readonly Taken[]): string | undefined {
  const length = Math.max(first.length, second.length);
  for (let i = 0; i < length; i++) {
    const [a, b] = [first[i], second[i]];
    if (a?.words === b?.words) continue;
    const what = a?.takenBy && b?.takenBy ? `a value that comes from outside has changed, taken by ${b.takenBy}` : `${nameOf(a)} was followed by ${nameOf(b)}`;
    return `${what}, at ${originOf((b ?? a)!.call)}`;
  }
  return undefined;
}

function nameOf(taken: Taken | undefined): string {
  return taken ? taken.words.split('(')[0]!.replace(/^value.*/, 'a value') : 'the end';
}

import { kdError, suggest } from '@kd/core';

/**
 * Which classes are below which, at any depth.
 *
 * @param below for each class those directly below it
 * @returns `[classes][classes]`: 1 where the column's class is the row's or below it
 * @throws KD_STRATEGY_OPTIONS for unknown names
 */
export function descendantsOf(below: Readonly<Record<string, readonly string[]>>, names: readonly string[]): number[][] {
  const known = new Set(names);
  const unknown = Object.entries(below).flat(2).filter((name) => !known.has(name));
  if (unknown.length > 0) {
    const problems = unknown.map((name) => {
      const likely = suggest(name, names);
      return `below: '${name}' is not among ${names.join(', ')}${likely ? `; did you mean '${likely}'?` : ''}`;
    });
    throw kdError('KD_STRATEGY_OPTIONS', { kind: 'loss', name: 'max-constraint', where: 'hard', problems });
  }
  return names.map((name) => {
    const found = new Set([name]);
    // A set is walked in the order of insertion, those that are added on the way too.
    for (const one of found) for (const child of below[one] ?? []) found.add(child);
    return names.map((other) => (found.has(other) ? 1 : 0));
  });
}

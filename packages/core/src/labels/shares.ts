import { kdError } from '../errors/kd-error.ts';
import type { LabelSpace } from './label-space.ts';

/** For each class the shares, from 0 to 1, that it gets of another space's classes. What is left out is 0. */
export type SharesConfig = Readonly<Record<string, Readonly<Record<string, number>>>>;

const TOLERANCE = 1e-6;

/**
 * The members of each class and their shares; shares of 0 are left out.
 *
 * @param indexOf where a class stands in `parent`; throws where it does not
 * @throws KD_LABEL_UNGROUPED, KD_LABEL_SHARES, KD_LABEL_SPACE_EMPTY
 */
export function readShares(
  space: string, declared: SharesConfig, parent: LabelSpace, indexOf: (label: string, where: string) => number,
): Required<Pick<LabelSpace, 'groups' | 'shares'>> {
  const groups: number[][] = [];
  const shares: number[][] = [];
  const given = parent.classes.map((): Record<string, number> => ({}));
  for (const [name, members] of Object.entries(declared)) {
    const all = Object.entries(members).map(([label, share]) => [indexOf(label, `shares.${name}`), share] as const);
    for (const [member, share] of all) given[member]![name] = share;
    const some = all.filter(([, share]) => share !== 0);
    if (some.length === 0) throw kdError('KD_LABEL_SPACE_EMPTY', { space: `${space}.shares.${name}` });
    groups.push(some.map(([member]) => member));
    shares.push(some.map(([, share]) => share));
  }
  const missing = parent.classes.filter((_, member) => Object.keys(given[member]!).length === 0);
  if (missing.length > 0) throw kdError('KD_LABEL_UNGROUPED', { space, labels: missing, parent: parent.name });
  parent.classes.forEach((label, member) => {
    const own = Object.values(given[member]!);
    const sum = own.reduce((total, share) => total + share, 0);
    // Written so that NaN is refused too.
    const fits = Math.abs(sum - 1) <= TOLERANCE && own.every((share) => share >= 0);
    if (!fits) throw kdError('KD_LABEL_SHARES', { space, label, parent: parent.name, shares: given[member]! });
  });
  return { groups, shares };
}

import { kdError } from '../errors/kd-error.ts';
import type { LabelSpace } from './label-space.ts';
import { readShares, type SharesConfig } from './shares.ts';

/**
 * How a config declares a label space:
 * - a list of class names, in the order of the model's outputs;
 * - `{ of, groups }`: *coarser*, each class a set of another space's classes;
 * - `{ of, shares }`: coarser with soft borders, each class made of shares of another space's classes;
 * - `{ of, only, other? }`: *partial*, some classes of another space, with or without a class for all the rest;
 * - `{ values }`: the named dimensions of a regression.
 */
export type LabelSpaceConfig =
  | readonly string[]
  | { readonly of: string; readonly groups: Readonly<Record<string, readonly string[]>> }
  | { readonly of: string; readonly shares: SharesConfig }
  | { readonly of: string; readonly only: readonly string[]; readonly other?: boolean | string }
  | { readonly values: readonly string[] };

export type LabelSpacesConfig = Readonly<Record<string, LabelSpaceConfig>>;

/** Resolves and checks every declared label space. Throws the first mistake as a `KdError`. */
export function resolveLabelSpaces(config: LabelSpacesConfig): ReadonlyMap<string, LabelSpace> {
  const spaces = new Map<string, LabelSpace>();
  const resolve = (name: string, chain: readonly string[], where: string): LabelSpace => {
    const known = spaces.get(name);
    if (known) return known;
    if (!Object.hasOwn(config, name)) throw kdError('KD_LABEL_SPACE_UNKNOWN', { name, where, known: Object.keys(config) });
    if (chain.includes(name)) throw kdError('KD_LABEL_SPACE_CYCLE', { space: name, chain: [...chain, name] });
    const declared = config[name]!;
    const space = 'of' in declared
      ? derive(name, declared, resolve(declared.of, [...chain, name], `labels.${name}.of`))
      : plain(name, declared);
    spaces.set(name, space);
    return space;
  };
  for (const name of Object.keys(config)) resolve(name, [], 'labels');
  return spaces;
}

/** Refuses spaces of a single class, of which a run has nothing to learn. Gives back what it was given. */
export function expectSeveralClasses(spaces: ReadonlyMap<string, LabelSpace>): ReadonlyMap<string, LabelSpace> {
  for (const { name, kind, classes } of spaces.values()) {
    if (kind === 'classes' && classes.length === 1) throw kdError('KD_LABEL_SPACE_SINGLE', { space: name, label: classes[0]! });
  }
  return spaces;
}

function plain(name: string, declared: readonly string[] | { readonly values: readonly string[] }): LabelSpace {
  // A list has a `values` as well: its method.
  if (isList(declared)) return { name, kind: 'classes', classes: distinct(name, declared) };
  return { name, kind: 'values', classes: distinct(name, declared.values) };
}

function isList(declared: object): declared is readonly string[] {
  return Array.isArray(declared);
}

function derive(name: string, declared: Extract<LabelSpaceConfig, { of: string }>, parent: LabelSpace): LabelSpace {
  const index = new Map(parent.classes.map((label, i) => [label, i]));
  const indexOf = (label: string, where: string): number => {
    const found = index.get(label);
    if (found === undefined) throw kdError('KD_LABEL_UNKNOWN', { label, space: parent.name, known: parent.classes, where: `labels.${name}.${where}` });
    return found;
  };
  if ('groups' in declared) {
    const classes = distinct(name, Object.keys(declared.groups));
    const groups = classes.map((group) => declared.groups[group]!.map((label) => indexOf(label, `groups.${group}`)));
    expectPartition(name, classes, groups, parent);
    return { name, kind: 'classes', classes, parent, groups };
  }
  if ('shares' in declared) {
    const classes = distinct(name, Object.keys(declared.shares));
    return { name, kind: 'classes', classes, parent, ...readShares(name, declared.shares, parent, indexOf) };
  }
  const only = distinct(name, declared.only);
  const groups = only.map((label) => [indexOf(label, 'only')]);
  if (!declared.other) return { name, kind: 'classes', classes: only, parent, groups };
  const known = new Set(groups.flat());
  const rest = parent.classes.map((_, i) => i).filter((i) => !known.has(i));
  const other = declared.other === true ? 'other' : declared.other;
  return { name, kind: 'classes', classes: distinct(name, [...only, other]), parent, groups: [...groups, rest] };
}

function distinct(space: string, labels: readonly string[]): readonly string[] {
  if (labels.length === 0) throw kdError('KD_LABEL_SPACE_EMPTY', { space });
  const twice = labels.find((label, i) => labels.indexOf(label) !== i);
  if (twice !== undefined) throw kdError('KD_LABEL_DUPLICATE', { space, label: twice });
  return labels;
}

/** Coarser means: every class of the parent is in exactly one group, and no group is empty. */
function expectPartition(space: string, classes: readonly string[], groups: readonly (readonly number[])[], parent: LabelSpace): void {
  const empty = groups.findIndex((group) => group.length === 0);
  if (empty >= 0) throw kdError('KD_LABEL_SPACE_EMPTY', { space: `${space}.groups.${classes[empty]!}` });
  const missing: string[] = [];
  parent.classes.forEach((label, i) => {
    const holders = classes.filter((_, g) => groups[g]!.includes(i));
    const times = groups.flat().filter((member) => member === i).length;
    if (times === 0) missing.push(label);
    if (times > 1) throw kdError('KD_LABEL_TWICE_IN_GROUPS', { space, label, groups: holders });
  });
  if (missing.length > 0) throw kdError('KD_LABEL_UNGROUPED', { space, labels: missing, parent: parent.name });
}

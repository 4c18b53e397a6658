import { kdError, resolveLabelSpaces, type LabelSpacesConfig } from '@kd/core';

/** A label as data gives it: a class by name or index, the values of a regression, or none. */
export type RawLabel = string | number | readonly number[] | null | undefined;

/** Collects the labels of one space, row by row. */
export interface LabelColumn {
  /** @throws KD_LABEL_UNKNOWN, KD_DATA_LABEL_RANGE, KD_DATA_NOT_FINITE, KD_DATA_ROW */
  add(label: RawLabel, row: number, where: string): void;
  finish(): { readonly labels: Int32Array | Float32Array; readonly classes?: readonly string[] };
}

/**
 * The labels of a space that is declared (its order of classes counts) or not (names are sorted, numerically if all are
 * whole numbers; indices and values stay as they are).
 */
export function labelColumn(space: string, declared: LabelSpacesConfig): LabelColumn {
  if (!Object.hasOwn(declared, space)) return undeclaredColumn(space);
  const { kind, classes } = resolveLabelSpaces(declared).get(space)!;
  return kind === 'values' ? valuesColumn(space, classes.length) : classesColumn(space, classes);
}

function classesColumn(space: string, classes: readonly string[]): LabelColumn {
  const indexOf = new Map(classes.map((name, index) => [name, index]));
  const labels: number[] = [];
  return {
    add(label, row, where) {
      if (typeof label === 'string') {
        const index = indexOf.get(label);
        if (index === undefined) throw kdError('KD_LABEL_UNKNOWN', { label, space, known: classes, where });
        labels[row] = index;
      } else labels[row] = classIndex(label, space, classes.length, where);
    },
    finish: () => ({ labels: Int32Array.from(labels) }),
  };
}

function undeclaredColumn(space: string): LabelColumn {
  const found = new Map<string, number>();
  const labels: number[] = [];
  let kind: 'names' | 'indices' | undefined;
  return {
    add(label, row, where) {
      const present = label !== null && label !== undefined;
      if (present) {
        const now = typeof label === 'string' ? 'names' : 'indices';
        if (kind !== undefined && kind !== now) throw kdError('KD_DATA_ROW', { where, problem: `its label of '${space}' is ${JSON.stringify(label)}, but others are ${kind === 'names' ? 'names' : 'numbers'}` });
        kind = now;
      }
      if (typeof label === 'string') {
        if (!found.has(label)) found.set(label, found.size);
        labels[row] = found.get(label)!;
      } else labels[row] = classIndex(label, space, 2 ** 31, where);
    },
    finish() {
      if (kind !== 'names') return { labels: Int32Array.from(labels) };
      const classes = sorted([...found.keys()]);
      const place = new Map(classes.map((name, index) => [found.get(name)!, index]));
      return { labels: Int32Array.from(labels, (label) => place.get(label) ?? -1), classes };
    },
  };
}

function valuesColumn(space: string, dimensions: number): LabelColumn {
  const labels: number[] = [];
  return {
    add(label, row, where) {
      const values = label === null || label === undefined ? Array.from({ length: dimensions }, () => Number.NaN) : [label].flat();
      if (values.length !== dimensions || values.some((value) => typeof value !== 'number')) {
        throw kdError('KD_DATA_ROW', { where, problem: `its label of '${space}' is ${JSON.stringify(label)}, expected ${dimensions} numbers` });
      }
      values.forEach((value, i) => {
        if (label !== null && label !== undefined && !Number.isFinite(value)) throw kdError('KD_DATA_NOT_FINITE', { where: `${where}, label of '${space}'`, value: String(value) });
        labels[row * dimensions + i] = value as number;
      });
    },
    finish: () => ({ labels: Float32Array.from(labels) }),
  };
}

function classIndex(label: RawLabel, space: string, classes: number, where: string): number {
  if (label === null || label === undefined) return -1;
  if (typeof label === 'number' && Number.isInteger(label) && label >= -1 && label < classes) return label;
  throw kdError('KD_DATA_LABEL_RANGE', { where, value: JSON.stringify(label), space, classes });
}

/** '2' before '10' when all names are whole numbers; otherwise by character code, which is the same everywhere. */
export function sorted(names: readonly string[]): readonly string[] {
  const numeric = names.every((name) => /^-?[0-9]{1,15}$/.test(name));
  return names.toSorted((a, b) => (numeric ? Number(a) - Number(b) : 0) || (a < b ? -1 : a > b ? 1 : 0));
}

/** What an output gives: a row for each sample. */
export interface OutputRows {
  /** Of one sample. */
  readonly shape: readonly number[];
  /** Row after row. */
  readonly values: Float32Array;
}

/** Numbers of a sample in lists of lists, or one number. */
export type Nested = number | readonly Nested[];

/** Inputs by the model's names: for each a list of samples. */
export type InputRows = Readonly<Record<string, readonly Nested[]>>;

/** The samples from `start` on, before `end`. */
export function between(rows: InputRows, start: number, end: number): InputRows {
  return Object.fromEntries(Object.entries(rows).map(([name, list]) => [name, list.slice(start, end)]));
}

/** Checks rows that a server has sent: a list for each sample, all of one shape, finite numbers alone. @throws Error */
export function rowsOf(list: unknown, rows: number, what: string): OutputRows {
  if (!Array.isArray(list)) throw new Error(`${what} is no list`);
  if (list.length !== rows) throw new Error(`${what} has ${list.length} rows for ${rows} samples`);
  const shape = lengthsOf(list[0]);
  if (shape.includes(0)) throw new Error(`${what} has rows without numbers`);
  const values: number[] = [];
  for (const row of list) take(row, shape, values, what);
  return { shape, values: Float32Array.from(values) };
}

/** One output's rows, of several answers. @throws Error where their shapes differ */
export function joined(parts: readonly OutputRows[], what: string): OutputRows {
  const { shape } = parts[0]!;
  const other = parts.find((part) => part.shape.join() !== shape.join());
  if (other) throw new Error(`${what} has rows of shape [${shape.join(', ')}] and of [${other.shape.join(', ')}]`);
  const values = new Float32Array(parts.reduce((sum, part) => sum + part.values.length, 0));
  let at = 0;
  for (const part of parts) {
    values.set(part.values, at);
    at += part.values.length;
  }
  return { shape, values };
}

function lengthsOf(row: unknown): number[] {
  return Array.isArray(row) ? [row.length, ...(row.length > 0 ? lengthsOf(row[0]) : [])] : [];
}

function take(value: unknown, lengths: readonly number[], to: number[], what: string): void {
  const [length, ...rest] = lengths;
  if (length === undefined) {
    if (typeof value !== 'number') throw new Error(`${what} holds ${value === null ? 'null' : typeof value === 'object' ? 'lists of different depths' : `a ${typeof value}`}, expected numbers`);
    if (!Number.isFinite(Math.fround(value))) throw new Error(`${what} holds a number that is not finite`);
    to.push(value);
    return;
  }
  if (!Array.isArray(value) || value.length !== length) throw new Error(`${what} has rows of different shapes`);
  for (const each of value) take(each, rest, to, what);
}

import type { Score } from '@kd/core';
import { safeText } from './safe-text.ts';

/** Rows as aligned columns; numbers (and what looks like them) to the right. */
export function table(rows: readonly (readonly string[])[], indent: string = '  '): string {
  const safe = rows.map((row) => row.map(safeText));
  const columns = Math.max(...safe.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, i) => Math.max(...safe.map((row) => (row[i] ?? '').length)));
  const right = Array.from({ length: columns }, (_, i) => safe.slice(1).every((row) => /^(–|[-+\d.,]*\s*[%A-Za-z]{0,3})$/.test(row[i] ?? '') && i > 0));
  return safe.map((row) => `${indent}${row.map((cell, i) => (right[i] ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!))).join('   ').trimEnd()}`).join('\n');
}

export function percent(share: number | undefined): string {
  return share === undefined ? '–' : `${(share * 100).toFixed(2)} %`;
}

/** How well something does: a share of right answers, or, of values, their mean squared error. */
export function score({ accuracy, meanSquaredError }: Partial<Pick<Score, 'accuracy' | 'meanSquaredError'>>): string {
  return meanSquaredError === undefined ? percent(accuracy) : `MSE ${meanSquaredError.toPrecision(4)}`;
}

export function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** A teacher that is no model here, such as a function or stored answers, has none that are known. */
export function parametersOfTeacher({ parameters }: { readonly parameters: number }): string {
  return parameters === 0 ? '–' : count(parameters);
}

export function labelCount(labels: number): string {
  return labels === 1 ? '1 label' : `${count(labels)} labels`;
}

export function seconds(value: number): string {
  if (value < 60) return `${value.toFixed(1)} s`;
  const whole = Math.round(value);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')} min`;
}

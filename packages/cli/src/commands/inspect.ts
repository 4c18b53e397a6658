import { sep } from 'node:path';
import { describeObjective, openData, pickStudent, startBackend } from '@kd/core';
import { defaultsOf } from '../config/defaults.ts';
import { leavesOf } from '../config/origins.ts';
import { plainText } from '../config/plain-value.ts';
import type { GlobalFlags } from '../flags.ts';
import { print } from '../output/print.ts';
import { safeText } from '../output/safe-text.ts';
import { table } from '../output/table.ts';
import { openSession } from '../session.ts';

/** `kd inspect`: the objective as one line, and every value of the config with the place it comes from. */
export async function inspect(flags: GlobalFlags): Promise<void> {
  const { resolved, loaded } = await openSession(flags);
  await startBackend(resolved);
  const data = await openData(resolved);
  const { objective: described } = await pickStudent({ resolved, data });
  const objective = describeObjective(described);
  const said = leavesOf(resolved.config);
  const open = Object.entries(defaultsOf(resolved)).filter(([path]) => !Object.keys(said).some((known) => known === path || known.startsWith(`${path}.`)));
  const values = [
    ...Object.entries(said).map(([path, value]) => ({ path, value: printable(value), origin: originOf(path, loaded.origins) })),
    ...open.map(([path, value]) => ({ path, value, origin: 'default' })),
  ];
  // The config's folder is said once.
  const place = (origin: string): string => origin.replaceAll(`${loaded.folder}${sep}`, '');
  print(flags, { objective, file: loaded.file, values }, () => [
    '', `  ${safeText(loaded.file)}`, '', `  ${safeText(objective)}`, '',
    table([['key', 'value', 'from'], ...values.map(({ path, value, origin }) => [path, short(value), place(origin)])]), '', '',
  ].join('\n'));
}

function originOf(path: string, origins: Readonly<Record<string, string>>): string {
  const found = Object.keys(origins).filter((known) => path === known || path.startsWith(`${known}.`)).sort((a, b) => b.length - a.length)[0];
  return found === undefined ? 'default' : origins[found]!;
}

function short(value: unknown): string {
  const text = typeof value === 'string' ? value : plainText(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function printable(value: unknown): unknown {
  return value === undefined ? null : JSON.parse(plainText(value));
}

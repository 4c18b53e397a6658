import { describeObjective, openData, pickStudent, startBackend, type KdConfig } from '@kd/core';
import { leavesOf } from '../config/origins.ts';
import type { GlobalFlags } from '../flags.ts';
import { table } from '../output/table.ts';
import { openSession } from '../session.ts';

/** `kd inspect`: the objective as one line, and every value of the config with the place it comes from. */
export async function inspect(flags: GlobalFlags): Promise<void> {
  const { resolved, loaded } = await openSession(flags);
  await startBackend(resolved);
  const data = await openData(resolved);
  const { objective } = await pickStudent({ resolved, data });
  const line = describeObjective(objective);
  const values = Object.entries(leavesOf(resolved.config)).map(([path, value]) => ({ path, value: plainValue(value), origin: originOf(path, loaded.origins) }));
  if (flags.json) {
    process.stdout.write(`${JSON.stringify({ schema: 1, objective: line, file: loaded.file, values })}\n`);
    return;
  }
  process.stdout.write(`\n  ${line}\n\n${table([['key', 'value', 'from'], ...values.map(({ path, value, origin }) => [path, short(value), origin])])}\n\n`);
}

/** The config as JSON text; models, data sets and functions by what they are. */
export function configText(config: KdConfig): string {
  return JSON.stringify(config, (_, value: unknown) => plainValue(value), 2);
}

function plainValue(value: unknown): unknown {
  if (typeof value === 'function') return `function ${value.name || '(anonymous)'}`;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  if ('read' in value && 'size' in value) return `data set of ${String(value.size)} samples`;
  if ('predict' in value || 'call' in value) return 'a model';
  if ('strategies' in value && 'name' in value) return `plugin ${String(value.name)}`;
  return value;
}

function originOf(path: string, origins: Readonly<Record<string, string>>): string {
  const found = Object.keys(origins).filter((known) => path === known || path.startsWith(`${known}.`)).sort((a, b) => b.length - a.length)[0];
  return found === undefined ? 'default' : origins[found]!;
}

function short(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

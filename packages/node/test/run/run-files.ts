import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { sha256 } from '../../src/index.ts';

/** Every file of a run's folder and the sha256 of its bytes; of `summary.json`, all but the seconds that stages took. */
export function filesOf(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const names = files.map((entry) => relative(folder, join(entry.parentPath, entry.name))).sort();
  return Object.fromEntries(names.map((name) => [name, hashOf(folder, name)]));
}

function hashOf(folder: string, name: string): string {
  const bytes = readFileSync(join(folder, name));
  if (name !== 'summary.json') return sha256(bytes);
  const { seconds: _, ...rest } = JSON.parse(bytes.toString()) as Record<string, unknown>;
  return sha256(JSON.stringify(rest));
}

import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { kdError } from '@kd/core';
import { cosmiconfig } from 'cosmiconfig';
import { readConfigFile } from './read-config-file.ts';

const places = ['package.json', ...['ts', 'mts', 'js', 'mjs', 'json', 'yaml', 'yml'].map((ending) => `kd.config.${ending}`)];

export interface FoundConfig {
  readonly file: string;
  readonly config: unknown;
}

/** Every config that a folder holds, in the order in which they are looked for. */
export async function configsIn(folder: string): Promise<readonly string[]> {
  const files = places.map((place) => join(folder, place)).filter((file) => existsSync(file));
  const own = await Promise.all(files.map(async (file) => basename(file) !== 'package.json' || (await readConfigFile(file) as { kd?: unknown }).kd !== undefined));
  return files.filter((_, i) => own[i]);
}

/** The config that is named, or the nearest one from here up to the project's folder, which must be the only one there. */
export async function findConfig(named: string | undefined, from: string): Promise<FoundConfig> {
  if (named !== undefined) {
    const file = resolve(from, named);
    if (!existsSync(file)) throw kdError('KD_CONFIG_MISSING', { looked: [file] });
    if (statSync(file).isDirectory()) throw kdError('KD_USAGE', { problem: `--config ${named} is a folder`, next: `Name the file in it, such as --config ${join(named, 'kd.config.ts')}, or leave the flag out in that folder.` });
    const config = await readConfigFile(file);
    return { file, config: basename(file) === 'package.json' ? (config as { kd?: unknown }).kd : config };
  }
  const loader = (file: string): Promise<unknown> => readConfigFile(file);
  const explorer = cosmiconfig('kd', {
    searchPlaces: places, searchStrategy: 'project', cache: false,
    loaders: Object.fromEntries(['.ts', '.mts', '.js', '.mjs', '.json', '.yaml', '.yml'].map((ending) => [ending, loader])),
  });
  const found = await explorer.search(from);
  if (!found || found.isEmpty) throw kdError('KD_CONFIG_MISSING', { looked: places.map((place) => resolve(from, place)) });
  const files = await configsIn(dirname(found.filepath));
  if (files.length > 1) throw kdError('KD_CONFIG_SEVERAL', { files });
  return { file: found.filepath, config: found.config };
}

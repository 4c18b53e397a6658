import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '../library/cache-folder.ts';

/** PyPI's own. */
export const publicIndex: string = 'https://pypi.org/simple';

/** The index that pip asks here: `PIP_INDEX_URL`, else `index-url` of pip's configuration files, else the public one. */
export function pipIndex(environment: Environment): string {
  const named = environment['PIP_INDEX_URL'];
  if (named) return named;
  // Later files win, as in pip.
  const configured = configFiles(environment).map(indexIn).filter((url) => url !== undefined);
  return configured.at(-1) ?? publicIndex;
}

function configFiles({ PIP_CONFIG_FILE: own, XDG_CONFIG_HOME: xdg, VIRTUAL_ENV: venv, HOME: home = homedir() }: Environment): readonly string[] {
  if (own === '/dev/null') return [];
  return [
    '/etc/xdg/pip/pip.conf', '/etc/pip.conf', '/Library/Application Support/pip/pip.conf',
    join(home, '.pip', 'pip.conf'), join(home, 'Library', 'Application Support', 'pip', 'pip.conf'), join(xdg || join(home, '.config'), 'pip', 'pip.conf'),
    ...(venv ? [join(venv, 'pip.conf')] : []),
    ...(own ? [own] : []),
  ];
}

/** `index-url` of `[install]` or `[global]`; what is said of one command wins. */
function indexIn(file: string): string | undefined {
  const found: Record<string, string> = {};
  let section = '';
  for (const line of linesOf(file)) {
    section = /^\[(.+)\]\s*$/.exec(line)?.[1]?.trim() ?? section;
    const url = /^index[-_]url\s*[=:]\s*(\S+)/.exec(line)?.[1];
    if (url !== undefined) found[section] = url;
  }
  return found['install'] ?? found['global'];
}

function linesOf(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').split(/\r?\n/);
  } catch {
    return []; // most systems have one of these files, or none
  }
}

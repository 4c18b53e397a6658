import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { here } from './platform.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where kd keeps what it has fetched: `KD_CACHE`, else the system's own place for caches. */
export function cacheFolder(environment: Environment = process.env, os: string = here.os): string {
  const { KD_CACHE: own, XDG_CACHE_HOME: xdg, HOME: home = homedir() } = environment;
  if (own) return resolve(own);
  // The XDG rules: a relative path there is to be ignored.
  if (xdg?.startsWith('/')) return join(xdg, 'kd');
  return os === 'darwin' ? join(home, 'Library', 'Caches', 'kd') : join(home, '.cache', 'kd');
}

/** Where the libraries of TensorFlow are kept, a folder each. */
export function librariesFolder(environment: Environment = process.env, os: string = here.os): string {
  return join(cacheFolder(environment, os), 'tensorflow');
}

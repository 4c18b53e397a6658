import { isAbsolute } from 'node:path';
import { KdError, kdError } from '@kd/core';
import type { Origins } from './origins.ts';

interface Blamed {
  /** The config that the work's mistakes are blamed on. */
  readonly file: string;
  readonly origins: Origins;
}

/** Does the work; where it finds mistakes in what another config says, which `file` extends, each of them names that one. */
export async function blaming<T>({ file, origins }: Blamed, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof KdError && error.code === 'KD_CONFIG_INVALID')) throw error;
    const { source, problems } = error.details as { source: string; problems: readonly string[] };
    throw kdError('KD_CONFIG_INVALID', { source, problems: problems.map((problem) => withFile(problem, origins, file)) }, error.cause);
  }
}

/** Problems begin with the place in the config, such as `train.epochs`. */
function withFile(problem: string, origins: Origins, file: string): string {
  const place = /^([^\s:]+): /.exec(problem)?.[1];
  if (place === undefined) return problem;
  const known = Object.entries(origins).find(([path]) => path === place || path.startsWith(`${place}.`) || place.startsWith(`${path}.`));
  return known && known[1] !== file && isAbsolute(known[1]) ? `${problem} (in ${known[1]})` : problem;
}

import { kdError } from '../errors/kd-error.ts';
import type { ResolvedConfig } from '../config/resolve-config.ts';
import type { Predict } from '../knowledge/function-teacher.ts';
import { fingerprint } from '../tensor/hash.ts';
import { LOADER } from './services.ts';

/** A teacher's function, given or as a module's default export, and what names it: its own text, and its path. */
export async function openPredict(reference: Predict | string, who: string, { services }: ResolvedConfig): Promise<{ readonly predict: Predict; readonly hash: string }> {
  const module = typeof reference === 'string' ? reference : undefined;
  const found = module === undefined ? reference : await services.get(LOADER, who).load(module, who);
  if (typeof found !== 'function') throw kdError('KD_PREDICT_REFERENCE', { who, received: found === null ? 'null' : typeof found });
  return { predict: found as Predict, hash: await fingerprint({ function: found, module }) };
}

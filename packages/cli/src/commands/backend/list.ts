import { fastestBackend } from '@kd/core';
import { findLibrary, isFound, knownLibraries } from '@kd/plugin-backend-tensorflow';
import type { GlobalFlags } from '../../flags.ts';
import { shown } from '../../output/paint.ts';
import { print } from '../../output/print.ts';
import { safeText } from '../../output/safe-text.ts';
import { table } from '../../output/table.ts';
import { openRegistry } from '../../session.ts';

/** `kd backend list`: every backend and whether it can be used here, the one that `auto` takes, and TensorFlow's libraries. */
export async function listBackends(flags: GlobalFlags): Promise<void> {
  const registry = await openRegistry(flags);
  const backends = await Promise.all(registry.list('backend').map(async ({ plugin, strategy: { name, summary } }) => {
    const available = await registry.resolve('backend', name, 'backend').available();
    return { name, plugin, available: available === true, why: available === true ? summary : available };
  }));
  const { backend, why } = await fastestBackend(registry);
  const taken = await findLibrary();
  const libraries = (await knownLibraries()).map(({ version, folder, how }) => ({ version: version ?? null, folder, how, taken: isFound(taken) && taken.folder === folder }));
  print(flags, { backends, auto: { name: backend.name, why }, libraries }, () => [
    '', table([['backend', 'can be used', ''], ...backends.map(({ name, available, why: reason }) => [name, available ? 'yes, here' : 'not here', reason])]), '',
    `  ${shown('bold', 'auto')} takes ${safeText(why)}`, '',
    ...(libraries.length === 0 ? [] : [table([['TensorFlow', 'found by', 'in', ''], ...libraries.map((library) => [library.version ?? 'unknown', library.how, library.folder, library.taken ? '← used' : ''])]), '']),
    '',
  ].join('\n'));
}

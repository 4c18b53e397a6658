import type { GlobalFlags } from '../flags.ts';
import { print } from '../output/print.ts';
import { table } from '../output/table.ts';
import { openSession } from '../session.ts';

/** `kd plugins`: every strategy that a config can choose by name, by kind. */
export async function plugins(flags: GlobalFlags): Promise<void> {
  const { resolved } = await openSession(flags);
  const found = resolved.registry.list().map(({ plugin, strategy: { kind, name, summary } }) => ({ kind, name, plugin, summary }));
  const sorted = [...found].sort((a, b) => (a.kind === b.kind ? 0 : a.kind < b.kind ? -1 : 1));
  print(flags, { strategies: found }, () => `\n${table([['kind', 'name', 'plugin', 'what it does'], ...sorted.map(({ kind, name, plugin, summary }) => [kind, name, plugin, summary])])}\n\n`);
}

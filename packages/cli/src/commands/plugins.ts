import type { GlobalFlags } from '../flags.ts';
import { print } from '../output/print.ts';
import { table } from '../output/table.ts';
import { openRegistry } from '../session.ts';

/** `kd plugins`: every strategy that a config can choose by name, by kind; where there is no config, what the command brings along. */
export async function plugins(flags: GlobalFlags): Promise<void> {
  const registry = await openRegistry(flags);
  const found = registry.list().map(({ plugin, strategy: { kind, name, summary } }) => ({ kind, name, plugin, summary }));
  const sorted = [...found].sort((a, b) => (a.kind === b.kind ? 0 : a.kind < b.kind ? -1 : 1));
  print(flags, { strategies: found }, () => [
    '', table([['kind', 'name', 'plugin', 'what it does'], ...sorted.map(({ kind, name, plugin, summary }) => [kind, name, plugin, summary])]), '',
    "  More come with plugins: install one (npm i -D @kd/plugin-losses) and name it in the config (plugins: ['losses']).", '', '',
  ].join('\n'));
}

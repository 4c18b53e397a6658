import { builtIn, type AnyStrategy } from '@kd/core';
import { describe, expect, test } from 'vitest';
import { pagesBelow, readPage, tableRows } from './pages.ts';
import { installedPlugins } from './plugins.ts';

const strategies = new Map<string, AnyStrategy>([builtIn, ...(await installedPlugins())].flatMap((plugin) => (plugin.strategies ?? []).map((strategy) => [`${strategy.kind}/${strategy.name}`, strategy] as const)));

/** What a page says in its first line that it is about: strategies, or keys of the config. */
function describedIn(page: string): readonly string[] {
  return /^<!-- describes: (.+) -->\n/.exec(readPage(page))?.[1]?.split(', ') ?? [];
}

const pages = pagesBelow('docs/methods').filter((page) => !page.endsWith('README.md'));

test('every strategy has a page, and every page a strategy', () => {
  const described = pages.flatMap(describedIn).filter((name) => name.includes('/'));
  expect([...described].sort()).toEqual([...strategies.keys()].sort());
  expect(pages.filter((page) => describedIn(page).length === 0)).toEqual([]);
});

describe('every option stands in its page with its default', () => {
  const withOptions = pages.flatMap((page) => describedIn(page).map((name) => [name, page, strategies.get(name)] as const));
  test.for(withOptions.filter((entry): entry is readonly [string, string, AnyStrategy] => entry[2] !== undefined))('%s', ([, page, strategy]) => {
    const { shape = {} } = (strategy.options ?? {}) as unknown as { shape?: Readonly<Record<string, { safeParse(value: unknown): { success: boolean; data?: unknown } }>> };
    const rows = tableRows(page);
    for (const [option, schema] of Object.entries(shape)) {
      const own = rows.filter(([name]) => name === `\`${option}\``);
      expect(own, `${page} has no row for \`${option}\``).not.toEqual([]);
      const { success, data } = schema.safeParse(undefined);
      if (success && data !== undefined) expect(own.map(([, value]) => value), `default of ${option} in ${page}`).toContain(`\`${JSON.stringify(data).replaceAll('"', "'")}\``);
    }
  });
});

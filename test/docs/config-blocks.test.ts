import { describe, expect, test } from 'vitest';
import { resolveConfig, type KdConfig, type Plugin } from '@kd/core';
import { pagesBelow, readPage } from './pages.ts';
import { installedPlugins } from './plugins.ts';

const plugins = await installedPlugins();

/** Plugins of the kd command itself. */
const broughtAlong = ['node', 'adaptive-alpha', 'backend-tensorflow'];

/** What a fragment of a config leaves out. */
const surroundings: KdConfig = {
  data: { train: ['csv', { file: './train.csv', id: 'id', inputs: { x: 'x' } }] },
  labels: {
    digit: ['0', '1', '2', '3'],
    low: { of: 'digit', only: ['0', '1'] },
    parity: { of: 'digit', groups: { even: ['0', '2'], odd: ['1', '3'] } },
  },
  teachers: { big: { model: './big/model.json', speaks: 'digit' }, small: { model: './small/model.json', speaks: 'digit' } },
  student: { model: './student.js', heads: { digit: 'logits' } },
};

/** Blocks of a config's keys, below `<!-- config -->`. */
function fragmentsOf(page: string): readonly string[] {
  return [...readPage(page).matchAll(/^<!-- config -->\n```ts\n([\s\S]*?)^```$/gm)].map(([, code]) => code!);
}

describe('fragments of a config hold', () => {
  const fragments = pagesBelow('docs').flatMap((page) => fragmentsOf(page).map((code, i) => [`${page} ${i + 1}`, code] as const));
  test.for(fragments)('%s', ([, code]) => {
    const fragment = (new Function(`return { ${code} };`) as () => Partial<KdConfig>)();
    const named = (fragment.plugins ?? []) as readonly string[];
    const own = plugins.filter(({ name }) => broughtAlong.includes(name) || named.includes(name));
    expect(own.length, `plugins ${named.join(', ')}`).toBe(new Set([...named, ...broughtAlong]).size);
    resolveConfig({ ...surroundings, ...fragment }, { plugins: own as readonly Plugin[] });
  });
});

import { describe, expect, test } from 'vitest';
import { builtIn, resolveConfig, type KdConfig, type Plugin } from '@kd/core';
import { pagesBelow, readPage } from './pages.ts';
import { installedPlugins } from './plugins.ts';

const plugins = await installedPlugins();

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
    const own = plugins.filter(({ name }) => name === 'node' || named.includes(name));
    expect(own.length, `plugins ${named.join(', ')}`).toBe(named.length + 1);
    const resolved = resolveConfig({ ...surroundings, ...fragment }, { plugins: own as readonly Plugin[] });
    // Readers and teacher sources are only looked up when a run opens them.
    for (const data of [resolved.config.data.train, resolved.config.data.test]) if (Array.isArray(data)) expect(optionsOf(own, 'data', data[0] as string)(data[1])).toEqual([]);
    for (const { source } of Object.values(resolved.config.teachers ?? {})) if (Array.isArray(source)) expect(optionsOf(own, 'teacher', source[0] as string)(source[1])).toEqual([]);
  });
});

/** What is wrong with the options of a strategy. */
function optionsOf(own: readonly Plugin[], kind: string, name: string): (options: unknown) => readonly string[] {
  const strategy = [builtIn, ...own].flatMap(({ strategies = [] }) => strategies).find((one) => one.kind === kind && one.name === name);
  if (!strategy) return () => [`there is no ${kind} '${name}'`];
  return (options) => {
    const result = strategy.options!['~standard'].validate(options);
    return result instanceof Promise ? ['asynchronous'] : (result.issues ?? []).map(({ message }) => message);
  };
}

import { createHooks, definePlugin, distill, fromArrays, KdError, MemoryWorkspace, Random, StopSignal, type Dataset, type Hooks, type KdConfig, type Plugin } from '@kd/core';
import { layers, sequential, type Sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { readPage, tableRows } from './pages.ts';

const page = 'docs/hooks.md';
const hooks = createHooks();
const names = Object.keys(hooks) as (keyof Hooks)[];

test('every hook has its section, in the order of a run', () => {
  expect([...readPage(page).matchAll(/^### `(\w+)`$/gm)].map(([, name]) => name)).toEqual(names);
});

test.for(names)('%s: its kind is the one of the page', (name) => {
  const section = readPage(page).split(`### \`${name}\``)[1]!;
  expect(/\*\*Kind\*\* \| (\w+)/.exec(section)?.[1]).toBe(hooks[name].constructor.name.replace(/Hook$/, ''));
  for (const line of ['Type', 'When', 'Value', 'Previous', 'Next']) expect(section.split('### ')[0]).toContain(`| **${line}** |`);
});

type Tap = (hooks: Hooks) => void;
/** Notes every hook that fires. */
function spy(fired: Set<string>, more: Tap = () => {}): Plugin {
  return definePlugin({
    name: 'spy',
    apply({ hooks: own }) {
      for (const [name, hook] of Object.entries(own) as [string, Hooks['knobs']][]) hook.tap('spy', () => (fired.add(name), undefined) as never);
      more(own);
    },
  });
}

function points(count: number, seed: number): Dataset {
  const values = new Random(seed).stream('points').fillUniform(new Float32Array(2 * count));
  const quarter = Array.from({ length: count }, (_, i) => Number(values[2 * i]! > 0.5) + 2 * Number(values[2 * i + 1]! > 0.5));
  return fromArrays({ inputs: { point: { shape: [2], values } }, labels: { quarter } });
}

const network = (classes: number) => (): Sequential => sequential({ layers: [layers.dense({ inputShape: [2], units: classes })] });
const config = (plugin: Plugin): KdConfig => ({
  plugins: [plugin],
  data: { train: points(300, 1), test: points(50, 2), labelled: 40 },
  labels: { quarter: ['a', 'b', 'c', 'd'], side: { of: 'quarter', groups: { left: ['a', 'c'], right: ['b', 'd'] } } },
  teachers: { side: { model: network(2), speaks: 'side', train: { epochs: 2 } } },
  student: { model: network(4) },
  alpha: 0.5,
  train: { epochs: 2 },
});

const inStudent = (act: (step: number) => void): Tap => (own) => own.stepEnd.tap('meddler', (_, { stage, progress }) => void (stage === 'distill' && act(progress.step)));

/** By the columns of the page's table: what a run fires, and how it ends. */
const runs: readonly (readonly [column: string, code: string | undefined, run: (fired: Set<string>) => Promise<unknown>])[] = [
  ['whole run', undefined, (fired) => distill(config(spy(fired)))],
  ['nothing changed', undefined, async (fired) => {
    const workspace = new MemoryWorkspace();
    await distill(config(spy(new Set())), { workspace });
    return distill(config(spy(fired)), { workspace });
  }],
  ['stopped by a signal', 'KD_STOPPED', (fired) => {
    const stop = new StopSignal();
    return distill(config(spy(fired, inStudent((step) => step === 1 && stop.request('SIGINT')))), { stop });
  }],
  ['`shouldStop` gave a reason', undefined, (fired) => distill(config(spy(fired, (own) => own.shouldStop.tap('meddler', (_, { stage }) => (stage === 'distill' ? 'enough' : undefined)))))],
  ['a tap threw', 'KD_PLUGIN_FAILED', (fired) => distill(config(spy(fired, inStudent((step) => {
    if (step === 1) throw new Error('on purpose');
  }))))],
  ['a mistake in the config', 'KD_STRATEGY_UNKNOWN', (fired) => distill({ ...config(spy(fired)), backend: 'nonsense' })],
];

describe('which hooks fire', () => {
  const [head, ...rows] = tableRows(page).filter((row) => row.length === runs.length + 1);
  const seen = new Map<string, Set<string>>();

  beforeAll(async () => {
    for (const [column, code, run] of runs) {
      const fired = new Set<string>();
      seen.set(column, fired);
      const error = await run(fired).then(() => undefined, (thrown: unknown) => thrown);
      expect(error instanceof KdError ? error.code : error, column).toBe(code);
    }
  });

  test('the table has every hook and every run', () => {
    expect(head).toEqual(['hook', ...runs.map(([column]) => column)]);
    expect(rows.map(([name]) => name)).toEqual(names.map((name) => `\`${name}\``));
  });

  test.for(names)('%s', (name) => {
    const [, ...cells] = rows.find(([own]) => own === `\`${name}\``)!;
    expect(cells).toEqual(runs.map(([column]) => (seen.get(column)!.has(name) ? 'yes' : '–')));
  });
});

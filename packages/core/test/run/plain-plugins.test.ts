import { beforeAll, describe, expect, test } from 'vitest';
import { definePlugin, distill, resolveConfig, startWasm, type Hooks, type KdConfig } from '../../src/index.ts';
import { config, failure, summaryOf } from '../small-task.ts';

beforeAll(() => startWasm());

const applying = (apply: (context: any) => unknown): KdConfig => config({ plugins: [definePlugin({ name: 'acme', apply: apply as never })] });

describe('a hook by a name that none has', () => {
  test('is an error before the run, with the nearest name', async () => {
    const error = await failure(() => distill(applying(({ hooks }) => hooks.stepEdn.tap('acme', () => {}))), 'KD_HOOK_UNKNOWN');
    expect(error.message).toMatch(/^Plugin 'acme' asks for a hook 'stepEdn'; did you mean 'stepEnd'\? There are runStart, stageStart, .*, failed\. /);
    const far = await failure(() => distill(applying(({ hooks: { afterStep } }) => afterStep.tap('acme', () => {}))), 'KD_HOOK_UNKNOWN');
    expect(far.message).toContain("a hook 'afterStep', which there is not. There are runStart,");
  });

  test('may be looked for, and all hooks be listed', () => {
    const seen: unknown[] = [];
    resolveConfig(applying(({ hooks }: { hooks: Hooks }) => seen.push('stepEdn' in hooks, 'stepEnd' in hooks, Object.keys(hooks).length, String(hooks[Symbol.iterator as never]))));
    expect(seen).toEqual([false, true, 19, 'undefined']);
  });
});

describe('what `apply` does wrong', () => {
  test('a failure names the plugin, and speaks of no checkpoint', async () => {
    const cause = new Error('no such luck.');
    const error = await failure(() => distill(applying(() => { throw cause; })), 'KD_PLUGIN_APPLY');
    expect(error.message).toBe("Plugin 'acme' failed in its `apply`: no such luck. Nothing has run yet; mend the plugin or remove it from `plugins`.");
    expect(error.cause).toBe(cause);
    expect(error.exitCode).toBe(2);
  });

  test.each([['fails', async () => { throw new Error('never seen'); }], ['does not', async () => {}]])('an async function that %s is refused', async (_, apply) => {
    const error = await failure(() => distill(applying(apply)), 'KD_PLUGIN_APPLY');
    expect(error.message).toContain('it is an async function');
  });
});

describe('knobs that are no numbers', () => {
  test.each([
    ['text', { alpha: 'half' }, `it gave "half" for 'alpha', expected a finite number`],
    ['NaN', { learningRate: NaN }, "it gave NaN for 'learningRate'"],
    ['left out', { alpha: undefined }, "it gave undefined for 'alpha'"],
  ])('%s: the tap’s plugin is named', async (_, changes, problem) => {
    const error = await failure(() => distill(applying(({ hooks }) => hooks.knobs.tap('acme', (knobs: object) => ({ ...knobs, ...changes })))), 'KD_PLUGIN_FAILED');
    expect(error.message).toContain(`Plugin 'acme' failed in hook 'knobs': ${problem}`);
  });

  test('one that is forgotten', async () => {
    const error = await failure(() => distill(applying(({ hooks }) => hooks.knobs.tap('acme', () => ({ alpha: 1 })))), 'KD_PLUGIN_FAILED');
    expect(error.message).toContain("it gave nothing for 'learningRate'");
  });

  test('a new one is passed on to the step, which leaves it alone', async () => {
    const more = await summaryOf(applying(({ hooks }) => hooks.knobs.tap('acme', (knobs: object) => ({ ...knobs, 'acme/warmth': 2 }))));
    expect(more.student.hash).toBe((await summaryOf(config())).student.hash);
  });
});

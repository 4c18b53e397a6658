import { definePlugin, distill, MemoryWorkspace, Random, startWasm, StopSignal, type KdConfig, type ModelFactory, type Plain, type SnapshotSlot, type UnitRecord } from '@kd/core';
import type { Model } from '@kd/core';
import { beforeAll, describe, expect, test } from 'vitest';
import { config, dataset, failure, knowsVowels, net, summaryOf } from '../../packages/core/test/small-task.ts';
import adaptiveAlpha from '../../plugins/adaptive-alpha/src/index.ts';
import aggregation from '../../plugins/aggregation/src/index.ts';
import featureLosses from '../../plugins/feature-losses/src/index.ts';

beforeAll(() => startWasm());

/** Keeps plain data as a file would: as JSON. */
class JsonWorkspace extends MemoryWorkspace {
  override async remember(unit: string, fingerprint: string, made: UnitRecord, model?: Model): Promise<void> {
    void model;
    return super.remember(unit, fingerprint, { ...made, record: asJson(made.record) });
  }

  override snapshots(unit: string, fingerprint: string): SnapshotSlot {
    const slot = super.snapshots(unit, fingerprint);
    return { ...slot, save: (snapshot) => slot.save({ ...snapshot, plain: asJson(snapshot.plain) }) };
  }
}

function asJson(plain: Plain): Plain {
  return JSON.parse(JSON.stringify(plain)) as Plain;
}

/** Asks to stop when a loop looks for the given time, and counts how often they look. */
class StopAt extends StopSignal {
  looks = 0;
  readonly #at: number;

  constructor(at: number) {
    super();
    this.#at = at;
  }

  override get requested(): string | undefined {
    this.#look();
    return super.requested;
  }

  override check(step: number): void {
    this.#look();
    super.check(step);
  }

  #look(): void {
    if (this.looks++ === this.#at) this.request('a test');
  }
}

/** Everything that a run remembers: averages of batch norm, masks, memories of losses, α's own state, held-out labels. */
function whole(changes: Partial<KdConfig> = {}): KdConfig {
  return config({
    plugins: [adaptiveAlpha, featureLosses, aggregation],
    data: { train: dataset(96), test: dataset(24, 2), labelled: 72 },
    teachers: {
      letters: { model: net({ hidden: 5, noisy: true }) as ModelFactory, speaks: 'letter', train: { epochs: 2, batchSize: 32, checkpointEvery: 1 } },
      vowels: { predict: knowsVowels, speaks: 'vowel' },
    },
    student: { model: net({ noisy: true }) as ModelFactory, heads: { letter: 'logits' } },
    soft: {
      letter: 'kl-divergence', vowel: 'kl-divergence',
      contrast: { loss: ['crd', { teacher: 'letters', teacherLayer: 'hidden', studentLayer: 'hidden', dimensions: 3, negatives: 6 }], on: 'letter' },
    },
    compare: { baseline: true },
    train: { epochs: 2, batchSize: 24, labelledBatchSize: 8, optimizer: ['adamw', { learningRate: 0.02 }], checkpointEvery: 3 },
    ...changes,
  });
}

const variants: [name: string, own: () => KdConfig, stops: number][] = [
  ['referee', () => whole({ alpha: 'referee' }), 8],
  ['gradnorm', () => whole({ alpha: 'gradnorm', data: { train: dataset(96), test: dataset(24, 2) } }), 4],
  ['uncertainty', () => whole({ alpha: 'uncertainty' }), 4],
  ['a schedule, teachers weighed by confidence', () => whole({ alpha: ['schedule', { form: 'cosine' }], aggregation: 'entropy', compare: { ceiling: true } }), 4],
];

describe('a run that is stopped and taken up again is the run that never was', () => {
  test.each(variants)('%s', async (name, own, stops) => {
    const counting = new StopAt(-1);
    const undisturbed = await summaryOf(own(), { workspace: new JsonWorkspace(), stop: counting });
    const stream = new Random(8).stream(name);
    for (let i = 0; i < stops; i++) {
      const at = stream.int(counting.looks);
      const workspace = new JsonWorkspace();
      await failure(() => distill(own(), { workspace, stop: new StopAt(at) }), 'KD_STOPPED');
      expect(await summaryOf(own(), { workspace }), `stopped at ${at} of ${counting.looks}`).toEqual(undisturbed);
    }
  });

  test('also when it is stopped again and again', async () => {
    const undisturbed = await summaryOf(whole({ alpha: 'referee' }));
    const workspace = new JsonWorkspace();
    let stopped = 0;
    let summary: typeof undisturbed | undefined;
    while (!summary) {
      try {
        summary = await summaryOf(whole({ alpha: 'referee' }), { workspace, stop: new StopAt(7) });
      } catch (error) {
        expect(error).toMatchObject({ code: 'KD_STOPPED' });
        expect(++stopped).toBeLessThan(20);
      }
    }
    expect(stopped).toBeGreaterThan(3);
    expect(summary).toEqual(undisturbed);
  });

  test('also when it fails, twice after the same checkpoint', async () => {
    let failAt = -1;
    const failing = definePlugin({
      name: 'failing',
      apply: ({ hooks }) => hooks.stepEnd.tap('failing', (_numbers, { unit, progress }) => { if (unit === 'distill' && progress.step === failAt) throw new Error('power cut'); }),
    });
    const own = (): KdConfig => ({ ...whole({ alpha: 'referee' }), plugins: [adaptiveAlpha, featureLosses, failing] });
    const undisturbed = await summaryOf(own());
    const workspace = new MemoryWorkspace();
    for (failAt of [4, 5]) await failure(() => distill(own(), { workspace }), 'KD_PLUGIN_FAILED');
    failAt = -1;
    expect(await summaryOf(own(), { workspace })).toEqual(undisturbed);
  });
});

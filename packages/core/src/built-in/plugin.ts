import { definePlugin, type Plugin } from '../plugin/plugin.ts';
import { mean } from './aggregation/mean.ts';
import { perGranularity } from './aggregation/per-granularity.ts';
import { weighted } from './aggregation/weighted.ts';
import { constantAlpha } from './alpha/constant.ts';
import { scheduledAlpha } from './alpha/schedule.ts';
import { current } from './backends/current.ts';
import { wasm } from './backends/wasm.ts';
import { crossEntropy } from './losses/cross-entropy.ts';
import { klDivergence } from './losses/kl-divergence.ts';
import { meanSquaredError } from './losses/mean-squared-error.ts';
import { wholeBatch } from './memory/whole-batch.ts';
import { optimizers } from './optimizers/optimizers.ts';
import { schedules } from './optimizers/schedules.ts';

/** What kd brings along, through the same door as every other plugin. */
export const builtIn: Plugin = definePlugin({
  name: 'kd',
  strategies: [crossEntropy, klDivergence, meanSquaredError, mean, weighted, perGranularity, constantAlpha, scheduledAlpha, wholeBatch, wasm, current, ...optimizers, ...schedules],
});

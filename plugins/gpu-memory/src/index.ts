import { definePlugin, type Plugin } from '@kd/core';
import { budget } from './budget.ts';
import { device } from './device.ts';
import { microBatches } from './micro-batches.ts';
import { resident } from './resident.ts';

export { budget, type BudgetOptions } from './budget.ts';
export { device } from './device.ts';
export type { DeviceOptions } from './device-options.ts';
export { microBatches, type MicroBatchesOptions } from './micro-batches.ts';
export { resident, type ResidentOptions } from './resident.ts';
export { formatSize, parseSize } from './size.ts';

const gpuMemory: Plugin = definePlugin({ name: 'gpu-memory', strategies: [microBatches, budget, resident, device] });
export default gpuMemory;

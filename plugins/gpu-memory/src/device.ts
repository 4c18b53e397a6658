import { defineMemoryPolicy, type Strategy } from '@kd/core';
import { z } from 'zod';
import { deviceFields, onDevice, type DeviceOptions } from './device-options.ts';
import { halve } from './halve.ts';
import { formatSize } from './size.ts';

const options: z.ZodType<DeviceOptions> = z.strictObject(deviceFields).refine(
  (given) => Object.values(given).some((value) => value !== undefined),
  { error: 'expected at least one of growth, hardLimit, device and allocator' },
);

/**
 * Promises that the runtime keeps to `hardLimit` by itself, on the device that was named. Whole batches and stored
 * teachers; runs out of memory: halves the rows at once, down to 1.
 */
export const device: Strategy<'memory', DeviceOptions, {}> = defineMemoryPolicy({
  name: 'device',
  summary: 'Which device computes, and how much of its memory the runtime may take.',
  options,
  create(given) {
    const most = given.hardLimit === undefined ? undefined : formatSize(given.hardLimit);
    return {
      label: `${given.device ?? 'any device'}${most === undefined ? '' : `, at most ${most}`}, whole batches until memory runs out`,
      promise: most === undefined ? 'The run computes on the device that was asked for, or does not start.'
        : `The runtime never holds more than ${most}; rows at once are halved where a step would.`,
      boundsBytes: most !== undefined,
      ...onDevice(given),
      plan: () => ({}),
      onExhausted: halve,
    };
  },
});

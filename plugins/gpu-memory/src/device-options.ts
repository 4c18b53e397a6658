import { configureBackend, type DeviceSettings, type MemoryPolicy } from '@kd/core';
import { z } from 'zod';
import { size } from './size.ts';

/** How the device is used: goes to the runtime before its first tensor. What it cannot do is `KD_BACKEND_SETTING`. */
export interface DeviceOptions {
  /** Takes memory of a GPU as it is needed, instead of all of it at once. */
  readonly growth?: boolean | undefined;
  /** The most bytes that the runtime itself may hold; what would be more is out of memory. */
  readonly hardLimit?: number | undefined;
  /** `cpu`, `gpu`, `gpu:1`. */
  readonly device?: string | undefined;
  /** Of GPU memory: `BFC` or `cuda_malloc_async`. */
  readonly allocator?: string | undefined;
}

/** Fields of every policy's options. */
export const deviceFields: {
  readonly growth: z.ZodOptional<z.ZodBoolean>;
  readonly hardLimit: z.ZodOptional<z.ZodType<number>>;
  readonly device: z.ZodOptional<z.ZodString>;
  readonly allocator: z.ZodOptional<z.ZodString>;
} = { growth: z.boolean().optional(), hardLimit: size.optional(), device: z.string().min(1).optional(), allocator: z.string().min(1).optional() };

/** What of a policy is about the device: it is told to the runtime, and its limit to `kd check`. */
export function onDevice({ growth, hardLimit, device, allocator }: DeviceOptions): Pick<MemoryPolicy, 'configure' | 'limitBytes'> {
  const settings: DeviceSettings = {
    ...(growth === undefined ? {} : { growth }),
    ...(hardLimit === undefined ? {} : { limitBytes: hardLimit }),
    ...(device === undefined ? {} : { device }),
    ...(allocator === undefined ? {} : { allocator }),
  };
  return {
    ...(hardLimit === undefined ? {} : { limitBytes: hardLimit }),
    configure(backend) {
      if (Object.keys(settings).length > 0) configureBackend(backend, settings);
    },
  };
}

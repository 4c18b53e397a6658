import { kdError, type DeviceSettings } from '@kd/core';
import { placementOf } from './binding/placement.ts';

/** TensorFlow's allocators for a GPU. */
const ALLOCATORS: readonly string[] = ['BFC', 'cuda_malloc_async'];

/** Throws `KD_BACKEND_SETTING` for what TensorFlow does not know, before it is started. */
export function expectKnownSettings({ device, allocator }: DeviceSettings): void {
  if (!placementOf(device)) throw refused(`device '${device}'`, "its devices are called 'cpu', 'gpu', 'gpu:1'");
  if (allocator !== undefined && !ALLOCATORS.includes(allocator)) throw refused(`allocator '${allocator}'`, `it has ${ALLOCATORS.join(' and ')}`);
}

/** What was asked for cannot be had here: `KD_BACKEND_SETTING`. */
export function refused(setting: string, why: string): Error {
  return kdError('KD_BACKEND_SETTING', { backend: 'tensorflow', setting, why });
}

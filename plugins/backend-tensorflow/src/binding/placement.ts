import type { ContextSettings } from './config-proto.ts';

/** Where operations run, and what TensorFlow has to show of the machine for it. */
export interface Placement extends Pick<ContextSettings, 'cpuDevices' | 'visibleGpus'> {
  /** TensorFlow's name for the device. */
  readonly device?: string;
}

/** Numbers of up to two digits: TensorFlow sets up each CPU that it is told to show. */
const DEVICE = /^(cpu|gpu)(?::(\d{1,2}))?$/i;

/**
 * What a config calls a device, as TensorFlow's settings; undefined where it is the name of none. Other GPUs are not even
 * opened: their memory is somebody else's. A CPU may be shown as several devices, which share its memory.
 *
 * @param wanted `cpu`, `gpu`, `gpu:1`; TensorFlow's own choice when left out
 */
export function placementOf(wanted: string | undefined): Placement | undefined {
  if (wanted === undefined) return {};
  const [, kind, number = '0'] = DEVICE.exec(wanted) ?? [];
  if (!kind) return undefined;
  if (kind.toLowerCase() === 'gpu') return { visibleGpus: number, device: 'GPU:0' };
  return { visibleGpus: '-1', device: `CPU:${number}`, ...(Number(number) > 0 ? { cpuDevices: Number(number) + 1 } : {}) };
}

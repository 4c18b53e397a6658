import type { CApi, Pointer } from './c-api.ts';
import type { Status } from './status.ts';

/** A device that TensorFlow computes on. */
export interface Device {
  /** E.g. `/job:localhost/replica:0/task:0/device:GPU:0`. */
  readonly name: string;
  /** `CPU` or `GPU`. */
  readonly type: string;
  /** What it may use; of a CPU, nothing sensible. */
  readonly memoryBytes: number;
}

/** Starts what runs operations. @param config a `ConfigProto` */
export function createContext(c: CApi, status: Status, config: Uint8Array): Pointer {
  const options = c.TFE_NewContextOptions();
  try {
    c.TFE_ContextOptionsSetConfig(options, config, config.length, status.pointer);
    status.check("TensorFlow's configuration");
    const context = c.TFE_NewContext(options, status.pointer);
    status.check('Starting TensorFlow');
    return context;
  } finally {
    c.TFE_DeleteContextOptions(options);
  }
}

export function devicesOf(c: CApi, status: Status, context: Pointer): readonly Device[] {
  const list = c.TFE_ContextListDevices(context, status.pointer);
  status.check('Listing devices');
  try {
    return Array.from({ length: c.TF_DeviceListCount(list) }, (_, i) => ({
      name: c.TF_DeviceListName(list, i, status.pointer),
      type: c.TF_DeviceListType(list, i, status.pointer),
      memoryBytes: Number(c.TF_DeviceListMemoryBytes(list, i, status.pointer)),
    }));
  } finally {
    c.TF_DeleteDeviceList(list);
  }
}

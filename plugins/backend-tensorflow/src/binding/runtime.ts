import { refused } from '../device-settings.ts';
import { callUnderWay, originOf } from '../recording/origin.ts';
import type { Attribute } from './attributes.ts';
import type { Pointer } from './c-api.ts';
import { configProto, type ContextSettings } from './config-proto.ts';
import { createContext, devicesOf, type Device } from './context.ts';
import { ATTRIBUTE } from './dtypes.ts';
import { EagerExecutor, type Executor, type TensorMetadata } from './eager-executor.ts';
import { Handles } from './handles.ts';
import { loadLibrary, type LibraryFiles, type NativeLibrary } from './load-library.ts';
import { Status } from './status.ts';
import { Tensors } from './tensors.ts';

/** A TensorFlow that runs: its operations, the tensors it holds, its devices. */
export class Runtime {
  readonly version: string;
  readonly native: NativeLibrary;
  readonly status: Status;
  /** The `ConfigProto` that it was started with. */
  readonly config: Uint8Array;
  readonly context: Pointer;
  readonly devices: readonly Device[];
  readonly handles: Handles;
  readonly tensors: Tensors;
  readonly eager: EagerExecutor;
  /** Takes the operations: the eager executor, or a recording under way. */
  executor: Executor;

  /** @param device where operations run, e.g. `CPU:0`; where TensorFlow thinks best when left out */
  constructor(files: LibraryFiles, settings: ContextSettings, device?: string) {
    this.native = loadLibrary(files);
    const { c } = this.native;
    this.version = c.TF_Version();
    this.status = new Status(c);
    this.config = configProto(settings);
    this.context = createContext(c, this.status, this.config);
    this.devices = devicesOf(c, this.status, this.context);
    // On a GPU, TensorFlow's own allocator holds the limit.
    this.handles = new Handles(c, this.usesGpu ? undefined : settings.limitBytes);
    const place = this.devices.find(({ name }) => name.endsWith(`device:${device}`));
    this.#expect(place !== undefined || device === undefined, `device '${device?.startsWith('GPU') ? `gpu:${settings.visibleGpus}` : device?.toLowerCase()}'`);
    this.#expect(this.usesGpu || settings.allocator === undefined, `allocator '${settings.allocator}'`);
    this.eager = new EagerExecutor(c, this.context, this.status, this.handles, place?.name);
    this.tensors = new Tensors(this.native, this.status, this.handles, this.eager);
    this.executor = this.eager;
  }

  /** A runtime that cannot be as it was asked to be is none. */
  #expect(possible: boolean, setting: string): void {
    if (possible) return;
    this.native.c.TFE_DeleteContext(this.context);
    throw refused(setting, `TensorFlow finds only ${this.devices.map(({ name }) => name.split('device:')[1]).join(', ')} here`);
  }

  get usesGpu(): boolean {
    return this.devices.some(({ type }) => type === 'GPU');
  }

  execute(name: string, attributes: readonly Attribute[], inputs: readonly number[], outputs: number): TensorMetadata[] {
    return this.executor.execute(name, attributes, inputs, outputs);
  }

  /** A tensor of another type. */
  cast(id: number, from: number, to: number): TensorMetadata {
    const attributes = [{ name: 'SrcT', type: ATTRIBUTE.TYPE, value: from }, { name: 'DstT', type: ATTRIBUTE.TYPE, value: to }, { name: 'Truncate', type: ATTRIBUTE.BOOL, value: false }];
    return this.execute('Cast', attributes, [id], 1)[0]!;
  }

  /** The values of a tensor; while a function is recorded, there are none. */
  read(id: number): ReturnType<Tensors['read']> {
    if (this.executor.knows?.(id)) throw new Error(`it reads the values of a tensor, which a recording does not have, at ${originOf(callUnderWay())}`);
    return this.tensors.read(id);
  }
}

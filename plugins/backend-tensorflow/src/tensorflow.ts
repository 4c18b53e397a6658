import { resolve } from 'node:path';
import { defineBackend, KdError, kdError, type Backend, type DeviceSettings, type Strategy, type Token } from '@kd/core';
import { BASE_FOLDER } from '@kd/node';
import { z } from 'zod';
import { placementOf } from './binding/placement.ts';
import { expectKnownSettings } from './device-settings.ts';
import type { TensorflowBackend } from './kernel-backend.ts';
import { findLibrary, isFound } from './library/find-library.ts';
import type { FoundLibrary } from './library/library-in.ts';
import type { StartOptions } from './start.ts';

/** Options of the backend {@link tensorflow}. */
export interface TensorflowOptions {
  /** A folder that holds `libtensorflow_cc`, or the file itself; a relative path starts at the config's folder. Searched for when left out. */
  readonly library?: string | undefined;
  /** Each recorded function becomes one XLA program: faster where layers are wide and dense; default false. */
  readonly xla: boolean;
  /** Runs every operation by itself instead of recording whole steps; default false. */
  readonly eager: boolean;
  /** What happens when a step cannot be recorded: it runs eagerly and says so (`eager`, the default), or the run stops. */
  readonly impure: 'eager' | 'stop';
  /** Where operations run: `cpu`, `gpu`, `gpu:1`; where TensorFlow thinks best when left out. */
  readonly device?: string | undefined;
  /** Threads inside one operation, at most 1024; as many as cores when left out. */
  readonly threads?: number | undefined;
}

/** Each of them takes memory; far more end the process. */
const MOST_THREADS = 1024;

const options: z.ZodType<TensorflowOptions> = z.strictObject({
  library: z.string().min(1).optional(),
  xla: z.boolean().default(false),
  eager: z.boolean().default(false),
  impure: z.enum(['eager', 'stop']).default('eager'),
  device: z.string().refine(placementOf, "expected a device such as 'cpu', 'gpu' or 'gpu:1'").optional(),
  threads: z.int().positive().max(MOST_THREADS).optional(),
});

/** TensorFlow itself under TensorFlow.js; a whole training step is one native call. */
export const tensorflow: Strategy<'backend', TensorflowOptions, { base: Token<string> }> = defineBackend({
  name: 'tensorflow',
  summary: 'TensorFlow’s native library, found or installed with `kd backend install tensorflow`; steps run as one compiled call.',
  inject: { base: BASE_FOLDER },
  options,
  create: ({ library, ...given }, { base }) => backendOf({ ...given, library: library === undefined ? undefined : resolve(base, library) }),
});

function backendOf({ library, xla, eager, impure, device, threads }: TensorflowOptions): Backend {
  let settings: DeviceSettings = {};
  let running: TensorflowBackend | undefined;
  /** A step is compiled for each kind of batch; what is wrong with it is told once. */
  const told = new Set<string>();
  const started = (): TensorflowBackend => running!;
  const self: Backend = {
    name: 'tensorflow',
    rank: 100,
    copiesValues: true,
    readsAtOnce: true,
    async available() {
      const found = await findLibrary({ library });
      return isFound(found) ? true : found.why;
    },
    configure(wanted) {
      expectKnownSettings(wanted);
      settings = { ...settings, ...wanted };
    },
    async start() {
      const found = await findLibrary({ library });
      if (!isFound(found)) throw kdError('KD_BACKEND_UNAVAILABLE', { backend: 'tensorflow', why: found.why });
      running = await startFound(found, contextOf(settings, device, threads));
      const { keyedRandom } = await import('./random.ts');
      self.random = (key) => keyedRandom(started(), key);
      if (eager) return;
      self.runsAhead = !running.runtime.usesGpu;
      const { compileWith } = await import('./recording/compile.ts');
      self.compile = compileWith(running, {
        xla,
        refuse(name, why) {
          if (impure === 'stop') throw kdError('KD_STEP_IMPURE', { name, why });
          const message = `${name} is not compiled, for ${why}. It runs one operation at a time, which is slower.`;
          if (!told.has(message)) self.warn?.(message);
          told.add(message);
        },
      });
    },
    memory() {
      const { handles } = started().runtime;
      return { tensors: handles.count, bytes: handles.bytes, peakBytes: handles.peakBytes };
    },
    resetPeak: () => started().runtime.handles.resetPeak(),
  };
  return self;
}

/** One that does not load is said so, and where it is. */
async function startFound(found: FoundLibrary, settings: StartOptions): Promise<TensorflowBackend> {
  const { startTensorflow } = await import('./start.ts');
  try {
    return await startTensorflow(found, settings);
  } catch (error) {
    if (error instanceof KdError || !(error instanceof Error)) throw error;
    throw kdError('KD_BACKEND_UNAVAILABLE', { backend: 'tensorflow', why: `the library in ${found.folder}, found by ${found.how}, does not work: ${error.message.replace(/\.$/, '')}` }, error);
  }
}

function contextOf({ growth, limitBytes, device: wanted, allocator }: DeviceSettings, device: string | undefined, threads: number | undefined): StartOptions {
  return { growth, limitBytes, allocator, ...placementOf(device ?? wanted), intraOpThreads: threads };
}

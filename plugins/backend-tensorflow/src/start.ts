import { registerBackend, setBackend } from '@tensorflow/tfjs-core';
import type { ContextSettings } from './binding/config-proto.ts';
import type { LibraryFiles } from './binding/load-library.ts';
import { Runtime } from './binding/runtime.ts';
import { refused } from './device-settings.ts';
import type { TensorflowBackend } from './kernel-backend.ts';
import { compareVersions, oldestVersion } from './library/versions.ts';

export interface StartOptions extends ContextSettings {
  /** Where operations run, e.g. `CPU:0`; where TensorFlow thinks best when left out. */
  readonly device?: string | undefined;
}

/** The name under which TensorFlow.js knows the backend: that for which the Node package's kernels are registered. */
const NAME = 'tensorflow';

let started: { readonly backend: TensorflowBackend; readonly settings: string } | undefined;

/** Makes TensorFlow what TensorFlow.js computes with. Started again with other settings, it is an error: a process has one. */
export async function startTensorflow(files: LibraryFiles, { device, ...settings }: StartOptions = {}): Promise<TensorflowBackend> {
  const key = JSON.stringify([files.cc, device, settings]);
  if (!started) {
    const { TensorflowBackend: Backend } = await import('./kernel-backend.ts');
    const { registerKernels } = await import('./kernels/register.ts');
    registerKernels();
    const runtime = new Runtime(files, settings, device);
    if (compareVersions(runtime.version, oldestVersion) < 0) throw new Error(`it is TensorFlow ${runtime.version}, and kd needs ${oldestVersion} or later`);
    const backend = new Backend(runtime);
    registerBackend(NAME, () => backend, 5);
    started = { backend, settings: key };
  } else if (started.settings !== key) {
    throw refused('another device or limit', 'it has started in this process already, and takes settings only before its first tensor; start another process');
  }
  await setBackend(NAME);
  return started.backend;
}

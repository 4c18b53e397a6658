import { version_core } from '@tensorflow/tfjs-core';
import { version } from '@kd/core';

/** Versions that results depend on. */
export function versions(): Record<string, string> {
  return { kd: version, tfjs: version_core, node: process.versions.node };
}

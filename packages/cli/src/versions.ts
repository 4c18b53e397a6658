import { createRequire } from 'node:module';
import { version_core } from '@tensorflow/tfjs-core';
import { version } from '@kd/core';

/** Versions that results depend on. */
export function versions(): Record<string, string> {
  return { kd: version, tfjs: version_core, node: process.versions.node };
}

/** The kd command's own version. */
export function cliVersion(): string {
  return (createRequire(import.meta.url)('../package.json') as { version: string }).version;
}

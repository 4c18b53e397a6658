import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from 'vitest';

/** Folders called as ONNX Runtime's packages, in which these are installed, lie in this one. */
const folder = process.env['KD_ONNXRUNTIME'] ?? '/none';

/** Tests with each of the packages; skipped by name where one is not there. @param base stands for the folder of a config */
export function describeWithRuntimes(what: string, tests: (base: string) => void): void {
  for (const name of ['onnxruntime-node', 'onnxruntime-web']) {
    const base = join(folder, name);
    describe.skipIf(!existsSync(join(base, 'node_modules', name)))(`${what}, in ${name}`, () => tests(base));
  }
}

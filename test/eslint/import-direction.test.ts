import { RuleTester } from 'eslint';
import tseslint from 'typescript-eslint';
import { describe, test } from 'vitest';
import { importDirection } from '../../eslint/import-direction.js';

const root = '/repo/src';
const options = [{ root, rooms: ['errors', 'tensor', 'runtime/contract.ts', 'run', 'runtime'] }];
const at = (file: string, code: string): { filename: string; code: string; options: typeof options } => ({ filename: `${root}/${file}`, code, options });
const later = { messageId: 'later' };

RuleTester.describe = describe;
RuleTester.it = test;
new RuleTester({ languageOptions: { parser: tseslint.parser } }).run('import-direction', importDirection, {
  valid: [
    at('tensor/a.ts', "import { e } from '../errors/e.ts';"),
    at('tensor/a.ts', "import { b } from './b.ts';"),
    at('tensor/deep/a.ts', "import { e } from '../../errors/e.ts';"),
    at('run/a.ts', "import type { Contract } from '../runtime/contract.ts';"),
    at('index.ts', "export { a } from './run/a.ts';"),
    at('errors/a.ts', "import * as tf from '@tensorflow/tfjs-core';"),
    at('errors/a.ts', 'export const a = 1;'),
  ],
  invalid: [
    { ...at('errors/a.ts', "import { t } from '../tensor/t.ts';"), errors: [later] },
    { ...at('errors/a.ts', "import type { T } from '../tensor/t.ts';"), errors: [later] },
    { ...at('errors/a.ts', "export { t } from '../tensor/t.ts';"), errors: [later] },
    { ...at('errors/a.ts', "export * from '../tensor/t.ts';"), errors: [later] },
    { ...at('errors/a.ts', "const t = await import('../tensor/t.ts');"), errors: [later] },
    { ...at('errors/a.ts', "export type T = import('../tensor/t.ts').T;"), errors: [later] },
    { ...at('run/a.ts', "import { start } from '../runtime/wasm/start.ts';"), errors: [later] },
    { ...at('runtime/contract.ts', "import { r } from '../run/r.ts';"), errors: [later] },
    { ...at('run/a.ts', "import { a } from '../index.ts';"), errors: [later] },
    { ...at('attic/a.ts', 'export const a = 1;'), errors: [{ messageId: 'unplaced' }] },
  ],
});

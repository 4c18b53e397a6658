// Writes docs/errors.md from the built error table of @kd/core.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorTable } from '../packages/core/dist/errors/table.js';
import { errorDocs } from './error-docs.mjs';

writeFileSync(join(import.meta.dirname, '../docs/errors.md'), errorDocs(errorTable));

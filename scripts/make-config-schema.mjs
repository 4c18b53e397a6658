// Writes the JSON Schema of config files, for editors, from the built schema of @kd/core.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { configSchema } from '../packages/core/dist/index.js';

// zod is a dependency of @kd/core, not of this folder.
const core = createRequire(join(import.meta.dirname, '../packages/core/package.json'));
const { z } = await import(pathToFileURL(core.resolve('zod')).href);

const { required, properties, ...shape } = z.toJSONSchema(configSchema, { unrepresentable: 'any' });
const schema = {
  ...shape,
  title: 'kd config',
  properties: {
    $schema: properties.$schema,
    extends: { description: 'Other configs that this one builds on; its own keys win, lists of plugins are joined.', anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] },
    ...properties,
  },
  // What this config lacks may be in the one that it extends.
  anyOf: [{ required: ['extends'] }, { required }],
};
const target = process.argv[2] ?? join(import.meta.dirname, '../packages/cli/schema/kd.schema.json');
mkdirSync(dirname(target), { recursive: true });
writeFileSync(target, `${JSON.stringify(schema, null, 2)}\n`);

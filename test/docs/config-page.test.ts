import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root, tableRows } from './pages.ts';

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly anyOf?: readonly Schema[];
}

/** Every key below a schema, as a path; a key that the user names is `*`. */
function keysBelow({ properties = {}, additionalProperties, anyOf = [] }: Schema, path = ''): readonly string[] {
  const named = Object.entries(properties).flatMap(([key, inner]) => [path + key, ...keysBelow(inner, `${path}${key}.`)]);
  const open = typeof additionalProperties === 'object' ? [`${path}*`, ...keysBelow(additionalProperties, `${path}*.`)] : [];
  return [...named, ...open, ...anyOf.flatMap((inner) => keysBelow(inner, path))];
}

/** Groups stand in the page by their keys, and a teacher's `train` by the student's. */
const isSpokenOf = (path: string): boolean => !/^(data|labels|teachers|teachers\.\*|student|train|compare|distillationData)$|^teachers\.\*\.train\.|^(hard|soft)\.\*$|^student\.heads\.\*$|^labels\.\*\.(groups|shares)\./.test(path);

test('the page of the config has a row for every key, and no other', () => {
  const schema = JSON.parse(readFileSync(join(root, 'packages/cli/schema/kd.schema.json'), 'utf8')) as Schema;
  const keys = new Set(keysBelow(schema).filter(isSpokenOf));
  const rows = tableRows('docs/guide/config.md').map(([key]) => /^`(.+)`$/.exec(key!)?.[1]).filter((key) => key !== undefined);
  expect(rows.map((key) => key.replace(/<\w+>/g, '*')).sort()).toEqual([...keys].sort());
});

import { join } from 'node:path';
import { builtIn, type KnownStrategies, type SpecOf } from '@kd/core';
import { createSourceFile, forEachChild, isInterfaceDeclaration, isPropertySignature, ScriptTarget, type Node } from 'typescript';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { root } from './pages.ts';
import { installedPlugins } from './plugins.ts';

declare module '@kd/core' {
  interface KnownStrategies {
    'loss/of-a-plugin': true;
  }
}

/** Fails to compile unless a plugin's name has become one of the known, and none of another kind. */
const known: Extract<keyof KnownStrategies, 'loss/of-a-plugin' | 'alpha/of-a-plugin'> = 'loss/of-a-plugin';
const other: SpecOf<'alpha'>[] = ['referee', 'whatever', ['schedule', { from: 1 }], ['of-somebody', undefined]];

test('editors complete the names of every strategy that kd brings', async () => {
  const file = join(root, 'packages/core/src/config/known-strategies.ts');
  const names: string[] = [];
  const visit = (node: Node): void => {
    if (isInterfaceDeclaration(node)) for (const member of node.members) if (isPropertySignature(member)) names.push(member.name.getText().slice(1, -1));
    forEachChild(node, visit);
  };
  visit(createSourceFile(file, readFileSync(file, 'utf8'), ScriptTarget.Latest, true));
  const brought = [builtIn, ...(await installedPlugins())].flatMap(({ strategies = [] }) => strategies.map(({ kind, name }) => `${kind}/${name}`));
  expect(names).toEqual([...brought, 'backend/auto'].sort());
  expect([known, other.length]).toEqual(['loss/of-a-plugin', 4]);
});

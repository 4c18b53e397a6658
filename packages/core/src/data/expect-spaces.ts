import { kdError } from '../errors/kd-error.ts';
import type { LabelSpace } from '../labels/label-space.ts';
import { viewOf } from '../labels/view.ts';
import type { Dataset } from './dataset.ts';

/**
 * Refuses data that defines a label space (by the names of its folders, by a reader's `classes`) otherwise than the config
 * declares it: its labels would be taken for others. Spaces that the config does not declare are nobody's business.
 *
 * @param where names the data in messages
 * @throws KD_DATA_LABEL_SPACE
 */
export function expectSpaces({ spaces: found = {} }: Dataset, spaces: ReadonlyMap<string, LabelSpace>, where: string): void {
  for (const [name, definition] of Object.entries(found)) {
    const declared = spaces.get(name);
    if (!declared || declared.kind === 'values') continue;
    const differs = Array.isArray(definition) ? differentClass(definition, declared) : isGrouped(definition) ? differentGroup(definition, declared, spaces) : undefined;
    if (differs) throw kdError('KD_DATA_LABEL_SPACE', { where, space: name, ...differs });
  }
}

interface Grouped {
  readonly of: string;
  readonly groups: Readonly<Record<string, readonly string[]>>;
}

interface Difference {
  readonly found: string;
  readonly declared: string;
}

function isGrouped(definition: unknown): definition is Grouped {
  return typeof definition === 'object' && definition !== null && 'of' in definition && 'groups' in definition;
}

function differentClass(found: readonly string[], { classes }: LabelSpace): Difference | undefined {
  const same = found.length === classes.length && found.every((name, i) => name === classes[i]);
  return same ? undefined : { found: found.join(', '), declared: classes.join(', ') };
}

/** A class that the data puts into another group than the config does. */
function differentGroup({ of, groups }: Grouped, declared: LabelSpace, spaces: ReadonlyMap<string, LabelSpace>): Difference | undefined {
  const from = spaces.get(of);
  const view = from && viewOf(from, declared);
  if (!view) return undefined;
  for (const [group, members] of Object.entries(groups)) {
    for (const member of members) {
      const own = declared.classes[view.label(from.classes.indexOf(member))];
      if (own !== group) return { found: `'${member}' in '${group}'`, declared: own === undefined ? `'${member}' in no class` : `'${member}' in '${own}'` };
    }
  }
  return undefined;
}

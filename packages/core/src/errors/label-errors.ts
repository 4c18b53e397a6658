import { mistake, type ErrorRow } from './row.ts';
import { listOf } from './wording.ts';
import { suggest } from './suggest.ts';

export const labelErrors: {
  readonly KD_LABEL_SPACE_UNKNOWN: ErrorRow<{ name: string; where: string; known: readonly string[] }>;
  readonly KD_LABEL_SPACE_EMPTY: ErrorRow<{ space: string }>;
  readonly KD_LABEL_SPACE_SINGLE: ErrorRow<{ space: string; label: string }>;
  readonly KD_LABEL_SPACE_CYCLE: ErrorRow<{ space: string; chain: readonly string[] }>;
  readonly KD_LABEL_DUPLICATE: ErrorRow<{ space: string; label: string }>;
  readonly KD_LABEL_UNKNOWN: ErrorRow<{ space: string; label: string; known: readonly string[]; where: string }>;
  readonly KD_LABEL_TWICE_IN_GROUPS: ErrorRow<{ space: string; label: string; groups: readonly string[] }>;
  readonly KD_LABEL_UNGROUPED: ErrorRow<{ space: string; labels: readonly string[]; parent: string }>;
  readonly KD_LABEL_SHARES: ErrorRow<{ space: string; label: string; parent: string; shares: Readonly<Record<string, number>> }>;
  readonly KD_LABEL_SPACES_UNRELATED: ErrorRow<{ teacher: string; space: string; heads: readonly string[] }>;
} = {
  KD_LABEL_SPACE_UNKNOWN: mistake(
    ({ name, where, known }) => `Unknown label space '${name}' in ${where}; \`labels\` declares ${listOf(known)}. Declare it there or correct the name.`,
    { name: 'digits', where: 'teachers.low.speaks', known: ['digit', 'low'] },
  ),
  KD_LABEL_SPACE_EMPTY: mistake(
    ({ space }) => `Label space '${space}' has no classes. List its class names, in the order of the model's outputs.`,
    { space: 'digit' },
  ),
  KD_LABEL_SPACE_SINGLE: mistake(
    ({ space, label }) => `Label space '${space}' has one class only, '${label}': its probability is always 1, so there is nothing to learn. Add the other classes, or one for all the rest (\`other: true\`).`,
    { space: 'ripe', label: 'ripe' },
  ),
  KD_LABEL_SPACE_CYCLE: mistake(
    ({ space, chain }) => `Label space '${space}' is defined by itself (${chain.join(' of ')}). Let one of them list its classes.`,
    { space: 'a', chain: ['a', 'b', 'a'] },
  ),
  KD_LABEL_DUPLICATE: mistake(
    ({ space, label }) => `Label space '${space}' lists '${label}' twice. Class names must be unique.`,
    { space: 'digit', label: '3' },
  ),
  KD_LABEL_UNKNOWN: mistake(
    ({ space, label, known, where }) => {
      const likely = suggest(label, known);
      return `'${label}' in ${where} is not a class of label space '${space}', which has ${listOf(known)}.${likely ? ` Did you mean '${likely}'?` : ''} Correct the label or add the class.`;
    },
    { space: 'digit', label: '11', known: ['0', '1'], where: 'labels.parity.groups.odd' },
  ),
  KD_LABEL_TWICE_IN_GROUPS: mistake(
    ({ space, label, groups }) => `Label space '${space}' puts '${label}' into ${listOf(groups)}. A class belongs to one group: remove it from the others.`,
    { space: 'parity', label: '3', groups: ['even', 'odd'] },
  ),
  KD_LABEL_UNGROUPED: mistake(
    ({ space, labels, parent }) => `Label space '${space}' leaves out ${listOf(labels)} of '${parent}'. Put every class into a group, or use \`only\` for a teacher that knows just some classes.`,
    { space: 'parity', labels: ['9'], parent: 'digit' },
  ),
  KD_LABEL_SHARES: mistake(
    ({ space, label, parent, shares }) => `Label space '${space}' shares out '${label}' of '${parent}' as ${Object.entries(shares).map(([name, share]) => `${name} ${share}`).join(' + ')} = ${Number(Object.values(shares).reduce((sum, share) => sum + share, 0).toPrecision(6))}. Shares are numbers from 0 to 1, and those of one class sum to 1: correct them.`,
    { space: 'place', label: 'dog', parent: 'animal', shares: { pet: 0.6, farm: 0.3 } },
  ),
  KD_LABEL_SPACES_UNRELATED: mistake(
    ({ teacher, space, heads }) => `Teacher '${teacher}' speaks '${space}', which is no view of a head of the student (${listOf(heads)}) nor a refinement of one. Relate it with \`of\`, or give the student a head for it.`,
    { teacher: 'mood', space: 'mood', heads: ['digit'] },
  ),
};

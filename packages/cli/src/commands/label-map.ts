import { viewOf, type LabelSpace, type View } from '@kd/core';
import { count } from '../output/table.ts';

/** Which of the student's classes each class of a teacher is, in words. */
export function labelMap(space: LabelSpace, heads: readonly LabelSpace[]): string {
  for (const head of heads) {
    const view = viewOf(head, space);
    if (view) return viewInWords(view);
    if (viewOf(space, head)) return `finer than ${head.name}: ${count(space.classes.length)} classes summed into ${count(head.classes.length)}`;
  }
  return 'another task';
}

/** `even = 0+2+4+6+8, odd = 1+3+5+7+9`; a class that is the head's own stands as it is. */
function viewInWords({ from, to, groups, shares }: View): string {
  const share = (group: number, i: number): string => (shares ? `${shares[group]![i]!.toPrecision(3).replace(/\.?0+$/, '')}·` : '');
  const parts = to.classes.map((name, group) => {
    const members = groups[group]!.map((member, i) => `${share(group, i)}${from.classes[member]!}`).join('+');
    return members === name ? name : `${name} = ${members}`;
  });
  const seen = new Set(groups.flat());
  const dropped = from.classes.filter((_, i) => !seen.has(i));
  return `${shorten(parts)}${dropped.length > 0 ? ` (says nothing of ${shorten(dropped)})` : ''}`;
}

function shorten(names: readonly string[]): string {
  return names.length > 12 ? `${names.slice(0, 10).join(', ')} and ${names.length - 10} more` : names.join(', ');
}

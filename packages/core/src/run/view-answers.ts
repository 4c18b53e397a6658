import type { View } from '../labels/view.ts';

/**
 * The most likely class of a view, on plain numbers: log-sum-exp of each class's members.
 *
 * @param values `[rows, view.from.classes]`
 */
export function viewAnswers(view: View, values: Float32Array): Int32Array {
  const width = view.from.classes.length;
  const answers = new Int32Array(values.length / width);
  for (let row = 0; row < answers.length; row++) {
    const at = row * width;
    let best = -Infinity;
    view.groups.forEach((members, group) => {
      let highest = -Infinity;
      for (const member of members) highest = Math.max(highest, values[at + member]!);
      let sum = 0;
      members.forEach((member, i) => (sum += (view.shares?.[group]![i] ?? 1) * Math.exp(values[at + member]! - highest)));
      const score = highest + Math.log(sum);
      if (score > best) [best, answers[row]] = [score, group];
    });
  }
  return answers;
}

import type { Confusion } from '@kd/core';
import { count, percent } from '../output/table.ts';
import { html, type Html } from './html.ts';

/** More classes than this make no table that one can read. */
const MOST_CLASSES = 30;
/** Mistakes that are listed. */
const MOST_MISTAKES = 10;

/** Which class the student takes for which. */
export function confusionSection(space: string, confusion: Confusion): Html {
  const { classes } = confusion;
  const matrix = classes.length > MOST_CLASSES ? html`<p>${count(classes.length)} classes are too many for a table.</p>` : matrixTable(confusion);
  return html`<section><h2>What the student takes for what: ${space}</h2>
${matrix}
${mistakes(confusion)}</section>`;
}

function matrixTable({ classes, counts }: Confusion): Html {
  const rows = counts.map((row, label) => {
    const all = row.reduce((sum, each) => sum + each, 0);
    const cells = row.map((each, answer) => {
      const share = all === 0 ? 0 : each / all;
      return html`<td class="${answer === label ? 'right' : 'wrong'}" style="--share: ${share.toFixed(3)}" title="${each} of ${all} samples of ${classes[label]!} got ${classes[answer]!}">${each === 0 ? '' : count(each)}</td>`;
    });
    return html`<tr><th>${classes[label]!}</th>${cells}<td class="number">${all === 0 ? '–' : percent(row[label]! / all)}</td></tr>
`;
  });
  return html`<div class="wide"><table class="confusion"><thead><tr><th>label ↓ answer →</th>${classes.map((name) => html`<th>${name}</th>`)}<th>right</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

/** The most frequent wrong answers. */
function mistakes({ classes, counts }: Confusion): Html {
  const wrong = counts.flatMap((row, label) => row.flatMap((each, answer) => (answer === label || each === 0 ? [] : [{ label, answer, each, all: row.reduce((sum, other) => sum + other, 0) }])));
  if (wrong.length === 0) return html`<p>No answer is wrong.</p>`;
  const most = wrong.sort((a, b) => b.each - a.each || a.label - b.label).slice(0, MOST_MISTAKES);
  const sum = wrong.reduce((total, { each }) => total + each, 0);
  return html`<p>${count(sum)} answers are wrong. The most frequent:</p><ul>${most.map(({ label, answer, each, all }) => html`<li><b>${classes[label]!}</b> taken for <b>${classes[answer]!}</b>: ${each === 1 ? 'once' : `${count(each)} times`}, ${percent(each / all)} of its samples</li>`)}</ul>`;
}

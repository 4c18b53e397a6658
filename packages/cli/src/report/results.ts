import type { Score, StudentSummary, Summary } from '@kd/core';
import { count, labelCount, parametersOfTeacher, percent, score } from '../output/table.ts';
import { isTaught } from '../output/verdict.ts';
import { html, type Html } from './html.ts';
import { intervalOf } from './interval.ts';

interface Row {
  readonly name: string;
  readonly speaks: string;
  readonly score: Partial<Score>;
  readonly parameters: string;
  /** The one that was made here. */
  readonly own: boolean;
}

/** Teachers and students, each with its accuracy as a number, as a range and as a bar. */
export function resultsTable(summary: Summary): Html {
  const { teachers, student, baseline, ceiling, data } = summary;
  const rows = [
    ...Object.entries(teachers).map(([id, teacher]): Row => ({ name: `teacher ${id}`, speaks: `${teacher.space} (${teacher.classes})`, score: teacher, parameters: parametersOfTeacher(teacher), own: false })),
    ...rowsOf(`student, ${labelCount(data.labelled)} alone`, baseline),
    ...rowsOf(isTaught(summary) ? 'student, distilled' : 'student', student, true),
    ...rowsOf(`student, all ${labelCount(data.train)}`, ceiling),
  ];
  return html`<div class="wide"><table class="results"><thead><tr><th>model</th><th>speaks</th><th>accuracy</th><th></th><th>95 % interval</th><th>test samples</th><th>parameters</th></tr></thead>
<tbody>${rows.map(rowHtml)}</tbody></table></div>`;
}

function rowsOf(name: string, student: StudentSummary | undefined, own: boolean = false): Row[] {
  const { heads = {}, parameters = 0 } = student ?? {};
  return Object.entries(heads).map(([speaks, score], i) => ({ name: i === 0 ? name : '', speaks, score, parameters: i === 0 ? count(parameters) : '', own }));
}

function rowHtml({ name, speaks, score: found, parameters, own }: Row): Html {
  const { accuracy, samples = 0 } = found;
  const interval = accuracy === undefined || samples === 0 ? undefined : intervalOf(accuracy, samples);
  return html`<tr${own ? html` class="own"` : ''}><th>${name}</th><td>${speaks}</td><td class="number">${score(found)}</td><td>${interval ? bar(accuracy!, interval) : ''}</td>
<td class="number">${interval ? `${percent(interval[0])} – ${percent(interval[1])}` : '–'}</td><td class="number">${samples === 0 ? '–' : count(samples)}</td><td class="number">${parameters}</td></tr>
`;
}

/** Its length is the accuracy, the whisker its range. */
function bar(accuracy: number, [low, high]: readonly [number, number]): Html {
  const at = (share: number): string => (share * 160).toFixed(1);
  return html`<svg class="bar" viewBox="0 0 160 14" width="160" height="14" role="img" aria-label="${percent(accuracy)}"><rect class="ground" width="160" height="14"/><rect class="filled" width="${at(accuracy)}" height="14"/><path class="whisker" d="M${at(low)} 3v8M${at(low)} 7H${at(high)}M${at(high)} 3v8"/></svg>`;
}

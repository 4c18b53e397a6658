import type { Confusion, Summary } from '@kd/core';
import { count, seconds } from '../output/table.ts';
import { keptEpoch, verdict } from '../output/verdict.ts';
import { confusionSection } from './confusion.ts';
import { curves } from './curves.ts';
import { html, Html } from './html.ts';
import { resultsTable } from './results.ts';
import { style } from './style.ts';

/** What a run found, as one page that needs nothing beside it. @param confusions of the student's heads, where there are test data */
export function reportPage(summary: Summary, confusions: Readonly<Record<string, Confusion>>): string {
  const drawn = curves(summary.history);
  const training = drawn.length === 0 ? '' : html`<section><h2>The student’s training</h2><div class="curves">${drawn}</div></section>`;
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${summary.name}: distilled with kd</title><style>${new Html(style)}</style></head>
<body><h1>${summary.name}</h1>
<p class="verdict">${verdict(summary)}</p>
${resultsTable(summary)}
<p class="small">Each teacher is judged on the test samples that its own label space covers. The interval says how far so many test samples can be trusted, not what another seed would give.</p>
${training}
${Object.entries(confusions).map(([space, confusion]) => confusionSection(space, confusion))}
<section><h2>How it was made</h2>${facts(summary)}</section>
</body></html>
`.text;
}

function facts(summary: Summary): Html {
  const { objective, data, steps, seed, backend, seconds: took, versions, hashes, student, sections } = summary;
  const kept = keptEpoch(summary);
  const rows: readonly (readonly [string, string])[] = [
    ['objective', objective],
    ['data', `${count(data.train)} samples to train, ${count(data.labelled)} of them with a label for the student, ${count(data.test)} to test${data.validation === undefined ? '' : `, ${count(data.validation)} to validate`}`],
    ...(kept === undefined ? [] : [['weights', kept] as const]),
    ['steps', count(steps)],
    ['seed', String(seed)],
    ['backend', backend],
    ['time', Object.entries(took).map(([stage, each]) => `${stage} ${seconds(each)}`).join(', ')],
    ['versions', Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(', ')],
    ['student', `sha256 ${student.hash}`],
    ...Object.entries(hashes).map(([name, hash]) => [name, `sha256 ${hash}`] as const),
    ...Object.entries(sections).map(([plugin, found]) => [plugin, JSON.stringify(found)] as const),
  ];
  return html`<dl>${rows.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}

import type { Summary } from '@kd/core';
import { html, type Html } from './html.ts';

type History = Summary['history'];

/** Epochs from left to right. */
interface Chart {
  readonly title: string;
  /** The line's name for a number of the history; undefined where it is not of this chart. */
  readonly lineOf: (key: string) => string | undefined;
}

const named = (names: Readonly<Record<string, string>>) => (key: string): string | undefined => names[key];
const below = (prefix: string) => (key: string): string | undefined => (key.startsWith(prefix) ? key.slice(prefix.length) : undefined);

const charts: readonly Chart[] = [
  { title: 'Loss', lineOf: named({ loss: 'whole', hard: 'labels', soft: 'teachers' }) },
  { title: 'α, the weight of the labels', lineOf: named({ alpha: 'α' }) },
  { title: 'Right answers', lineOf: named({ trainAccuracy: 'on the labels that it learned from', validationAccuracy: 'on the validation samples' }) },
  { title: 'Squared error on the validation samples', lineOf: named({ validationError: 'error' }) },
  { title: 'Loss of each term', lineOf: below('term/') },
  { title: 'Trust in each teacher', lineOf: below('trust/') },
  { title: 'Learning rate', lineOf: named({ learningRate: 'rate' }) },
  { title: 'Norm of the gradient', lineOf: named({ gradientNorm: 'norm' }) },
];

/** How the student’s training went; charts without a number are left out. */
export function curves(history: History): readonly Html[] {
  const keys = [...new Set(history.flatMap(Object.keys))];
  return charts.flatMap(({ title, lineOf }) => {
    const lines = keys.flatMap((key) => {
      const name = lineOf(key);
      return name === undefined ? [] : [{ name, values: history.map((epoch) => epoch[key]) }];
    });
    return lines.length === 0 ? [] : [chart(title, lines)];
  });
}

interface Line {
  readonly name: string;
  readonly values: readonly (number | undefined)[];
}

const [width, height, left, bottom] = [340, 180, 52, 22];

function chart(title: string, lines: readonly Line[]): Html {
  const all = lines.flatMap(({ values }) => values.filter((value) => value !== undefined));
  const least = Math.min(0, ...all);
  const span = Math.max(...all) - least || 1;
  const epochs = Math.max(...lines.map(({ values }) => values.length));
  const x = (epoch: number): number => left + (epochs === 1 ? 0.5 : epoch / (epochs - 1)) * (width - left - 10);
  const y = (value: number): number => 10 + (1 - (value - least) / span) * (height - 10 - bottom);
  const ticks = [least, least + span / 2, least + span].map((value) => html`<path class="grid" d="M${left} ${y(value).toFixed(1)}H${width - 10}"/><text x="${left - 6}" y="${(y(value) + 4).toFixed(1)}" text-anchor="end">${short(value)}</text>`);
  const drawn = lines.map(({ values }, i) => {
    const points = values.flatMap((value, epoch) => (value === undefined ? [] : [`${x(epoch).toFixed(1)},${y(value).toFixed(1)}`]));
    return html`<polyline class="line c${i % 6}" points="${points.join(' ')}"/>${points.length === 1 ? html`<circle class="dot c${i % 6}" cx="${points[0]!.split(',')[0]!}" cy="${points[0]!.split(',')[1]!}" r="3"/>` : ''}`;
  });
  const legend = lines.length === 1 ? '' : html`<p class="legend">${lines.map(({ name }, i) => html`<span><i class="c${i % 6}"></i>${name}</span> `)}</p>`;
  return html`<figure><figcaption>${title}</figcaption><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}, epoch 1 to ${epochs}">${ticks}${drawn}<text x="${x(0).toFixed(1)}" y="${height - 4}" text-anchor="middle">${epochs === 1 ? 'epoch 1' : '1'}</text>${epochs === 1 ? '' : html`<text x="${x(epochs - 1).toFixed(1)}" y="${height - 4}" text-anchor="end">epoch ${epochs}</text>`}</svg>${legend}</figure>`;
}

/** Three digits, without zeros at the end. */
function short(value: number): string {
  return value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential(1) : String(Number(value.toPrecision(3)));
}

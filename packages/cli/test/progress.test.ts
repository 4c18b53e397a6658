import type { WorkProgress } from '@kd/core';
import { describe, expect, test } from 'vitest';
import { jsonReporter, progressReporter, type Talk } from '../src/output/progress.ts';

/** What a reporter says of a unit that goes from its first step to its last, and of a second one. */
function said(reporter: (talk: Talk) => ReturnType<typeof progressReporter>, steps: number): string[] {
  const lines: string[] = [];
  const { progress } = reporter({ write: (text) => void lines.push(text) });
  for (const unit of ['distill', 'distill/baseline']) {
    for (let done = 1; done <= steps; done++) progress!({ stage: 'distill', unit, done, total: steps, what: 'steps', numbers: { loss: 1 / done, alpha: 0.25, soft: 1 } } satisfies WorkProgress);
  }
  return lines;
}

describe('how a run goes', () => {
  test('is told in few lines where nobody watches: a quarter of each unit, with its numbers', () => {
    const lines = said((talk) => progressReporter(talk, false), 40);
    expect(lines.map((line) => line.replace(/ {2}[\d.]+ steps\/s/, '').replace(/ {2}[\d.:]+ (s|min) left/, '').trim().split(/ {2,}/))).toEqual(['distill', 'distill/baseline'].flatMap((unit) =>
      [10, 20, 30, 40].map((done) => [unit, `${String((100 * done) / 40)} %`, `loss ${(1 / done).toFixed(3)}`, 'α 0.25'])));
  });

  test('is one JSON object a line for programs, the last step of a unit always', () => {
    const events = said(jsonReporter, 40).map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events.filter(({ done }) => done === 40)).toEqual(['distill', 'distill/baseline'].map((unit) => expect.objectContaining({ event: 'progress', unit, total: 40 })));
    expect(events.length).toBeLessThan(10);
  });
});

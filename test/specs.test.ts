import { describe, expect, test } from 'vitest';
import { judge } from '../scripts/specs/judge.mjs';

const spec = (name: string, status: string) => ({ name, status, messages: ['Error: no'] });
const listed = [{ reason: 'It cannot.', specs: ['b'] }];

describe('the judgement of specs', () => {
  test('a spec that fails and is listed is no problem', () => {
    expect(judge([spec('a', 'passed'), spec('b', 'failed'), spec('c', 'pending')], listed, [])).toEqual({ total: 3, passed: 1, skipped: 2, problems: [] });
  });

  test.each([
    ['fails unlisted', [spec('a', 'failed'), spec('b', 'failed')], [], { spec: 'a (Error: no)', problem: 'fails' }],
    ['passes though listed', [spec('b', 'passed')], [], { spec: 'b', problem: 'passes, but is listed as one that does not' }],
    ['is gone', [spec('a', 'passed')], [], { spec: 'b', problem: 'is listed, but there is no such spec' }],
    ['is lost, though listed', [spec('b', 'failed')], [spec('b', 'passed')], { spec: 'b', problem: 'is lost: the plain backend passes it' }],
  ])('a spec that %s is one', (_, specs, plain, problem) => {
    expect(judge(specs, listed, plain).problems).toEqual([problem]);
  });
});

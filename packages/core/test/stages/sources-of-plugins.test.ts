import { beforeAll, expect, test } from 'vitest';
import { definePlugin, defineTeacherSource, functionTeacher, startWasm, type KdConfig, type LabelSpace, type Teacher } from '../../src/index.ts';
import { config, failure, knowsLetters, summaryOf } from '../small-task.ts';

beforeAll(() => startWasm());

type Open = (teacher: { readonly id: string; readonly space: LabelSpace }) => unknown;

function from(open: Open): KdConfig {
  const remote = defineTeacherSource({ name: 'remote', summary: 'Asks.', create: () => ({ open: async (teacher) => open(teacher) as Teacher }) });
  return config({ plugins: [definePlugin({ name: 'acme', strategies: [remote] })], teachers: { letters: { source: 'remote', speaks: 'letter' } } });
}

const answering = (changes: object = {}): Open => ({ id, space }) => functionTeacher({ id, space, hash: 'h', predict: knowsLetters, ...changes });

test('a function that names none of its inputs gets them all', async () => {
  expect((await summaryOf(from(answering()))).student.hash).toBe((await summaryOf(config())).student.hash);
});

test.each<[string, Open, string]>([
  ['nothing', () => undefined, 'gave undefined without a `manifest`'],
  ['a function', () => knowsLetters, 'gave a function without a `manifest`, expected a teacher; functionTeacher makes one of a function'],
  ['a teacher without a hash', answering({ hash: undefined }), "the teacher's `hash` is undefined, expected text that changes when its answers do"],
  ['a teacher without a size', (asked) => ({ manifest: { ...asked, hash: 'h' }, hasFeature: () => false, signals: knowsLetters }), "the teacher's `parameters` are undefined"],
  ['a teacher that cannot answer', (asked) => ({ manifest: { ...asked, hash: 'h', parameters: 0 }, hasFeature: () => false }), 'the teacher has no function `signals`'],
])('a source that opens %s is told by its plugin', async (_, open, problem) => {
  const error = await failure(() => summaryOf(from(open)), 'KD_STRATEGY_INVALID');
  expect(error.message).toContain("The teacher 'remote' of plugin 'acme' cannot be used: ");
  expect(error.message).toContain(problem);
});

test('what a source throws names the teacher and the source', async () => {
  const cause = new Error('connect ECONNREFUSED');
  const error = await failure(() => summaryOf(from(() => { throw cause; })), 'KD_TEACHER_SOURCE_FAILED');
  expect(error.message).toContain("Teacher 'letters' could not be opened: its source 'remote' failed: connect ECONNREFUSED.");
  expect(error.cause).toBe(cause);
});

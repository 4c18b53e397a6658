import { afterAll, beforeAll, expect, test } from 'vitest';
import { events, kdInOneProcess, type Ended } from './kd.ts';
import { removeFolder, smallConfig, smallProject, writeFiles } from './small-project.ts';

const kd = kdInOneProcess();
let project = '';
beforeAll(async () => {
  project = await smallProject({ ...smallConfig, plugins: ['./limited.js'] });
  await writeFiles(project, { 'limited.js': `import { defineMemoryPolicy, definePlugin } from '@kd/core';
const number = { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } };
export default definePlugin({ name: 'limited', strategies: [defineMemoryPolicy({
  name: 'limited', summary: 'A limit.', options: number, create: ({ bytes }) => ({ label: 'limited', limitBytes: bytes, plan: () => ({}) }),
})] });
` });
});
afterAll(() => removeFolder(project));

const check = (bytes: number): Promise<Ended> => kd(project, 'check', '--json', '--set', `memory=["limited",{"bytes":${bytes}}]`);

test('kd check warns of a runtime that may hold less than is needed, and of one that cannot hold a row', async () => {
  const { stdout, code } = await check(1e9);
  const { memory: { runtime, bytes } } = JSON.parse(stdout) as { memory: { runtime: { limitBytes: number; neededBytes: number; leastBytes: number }; bytes: { peak: number; signals: number } } };
  expect(code).toBe(0);
  expect(runtime.limitBytes).toBe(1e9);
  expect(runtime.neededBytes).toBe(bytes.peak - bytes.signals);
  expect(runtime.leastBytes).toBeLessThan(runtime.neededBytes);
  const warned = async (limit: number): Promise<readonly unknown[]> => {
    const { stderr } = await check(limit);
    return stderr === '' ? [] : events(stderr).filter(({ event }) => event === 'warning').map(({ message }) => message);
  };
  const [fits, exactly, parts, never] = await Promise.all([1e9, runtime.neededBytes, runtime.leastBytes, runtime.leastBytes - 1].map(warned));
  expect([fits, exactly]).toEqual([[], []]);
  expect(parts).toEqual([expect.stringMatching(/^The runtime may hold [\d.]+ KB, and models and rows need about [\d.]+ KB at once: steps that do not fit will be taken again with fewer rows at once/)]);
  expect(never).toEqual([expect.stringMatching(/ at once, [\d.]+ KB even with one row at once: the run will most likely run out of memory\. Raise `hardLimit`/)]);
});

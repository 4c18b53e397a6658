import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { kd, startKd, type Started } from './kd.ts';
import { removeFolder, smallConfig, smallProject, writeFiles } from './small-project.ts';

let project: string;

/** Says every step, slowly enough to be stopped at one; with KD_TEST_HANG, the step it names never ends. */
const stepLog = `export default {
  name: 'step-log',
  apply({ hooks }) {
    hooks.stepEnd.tapPromise('step-log', async (_, { unit, progress }) => {
      const step = unit + ' ' + progress.step + '.';
      console.error('STEP ' + step);
      await new Promise((resolve) => (step === process.env.KD_TEST_HANG ? setInterval(() => {}, 1000) : setTimeout(resolve, 10)));
    });
  },
};
`;

beforeAll(async () => {
  project = await smallProject({ ...smallConfig, plugins: ['./step-log.mjs'] });
  await writeFiles(project, { 'step-log.mjs': stepLog });
});
afterAll(() => removeFolder(project));

async function studentHash(run: string): Promise<string> {
  return (JSON.parse(await readFile(join(project, 'runs', run, 'summary.json'), 'utf8')) as { student: { hash: string } }).student.hash;
}

function startRun(name: string, env: Readonly<Record<string, string>> = {}): Started {
  const run = startKd(['run', '--name', name], { cwd: project, env });
  onTestFinished(() => void run.child.kill('SIGKILL'));
  return run;
}

test('a signal saves and ends the run; resumed, it ends with the same student', async () => {
  const undisturbed = startRun('undisturbed').ended;
  const stops = [['train-teachers/side 3.', 'SIGTERM', 143], ['distill/baseline 1.', 'SIGINT', 130], ['distill 5.', 'SIGHUP', 143]] as const;
  let from = '';
  for (const [step, signal, code] of stops) {
    const { child, ended, said } = startRun('stopped');
    await said(`STEP ${step}`);
    const asked = performance.now();
    child.kill(signal);
    const end = await ended;
    expect(performance.now() - asked).toBeLessThan(5000);
    expect(end.code).toBe(code);
    expect(end.stderr).toContain(`KD_STOPPED  Stopped by ${signal} after step`);
    expect(end.stderr).not.toContain(from || 'nothing to look for yet');
    from = `STEP ${step}`;
    expect(await readdir(join(project, 'runs/stopped'))).not.toContain('.kd-lock');
  }
  expect(await startRun('stopped').ended).toMatchObject({ code: 0, stderr: expect.stringMatching(/^distill goes on after step \d+ of \d+$/m) as unknown });
  expect(await undisturbed).toMatchObject({ code: 0 });
  expect(await studentHash('stopped')).toBe(await studentHash('undisturbed'));
});

test('while a run goes on its folder is locked; a second signal ends it at once; its lock blocks nobody then', async () => {
  const { child, ended, said } = startRun('hangs', { KD_TEST_HANG: 'train-teachers/side 2.' });
  await said('STEP train-teachers/side 2.');
  const second = await kd(project, 'run', '--name', 'hangs');
  expect(second.code).toBe(2);
  expect(second.stderr).toMatch(new RegExp(`KD_RUN_LOCKED.*runs/hangs.*process ${child.pid} `));

  child.kill('SIGINT');
  await said('once more to end at once');
  child.kill('SIGINT');
  expect((await ended).code).toBe(130);
  expect(await startRun('hangs').ended).toMatchObject({ code: 0 });
});

test('a reader that goes away does not stop the training', async () => {
  const { child, ended, said } = startRun('unread');
  await said('STEP train-teachers/side 2.');
  child.stdout?.destroy();
  child.stderr?.destroy();
  expect((await ended).code).toBe(0);
  await expect(studentHash('unread')).resolves.toMatch(/^[0-9a-f]+$/);
});

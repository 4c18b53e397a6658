import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, expect, onTestFinished, test } from 'vitest';
import { startKd, type Ended } from '../../../packages/cli/test/kd.ts';
import { removeFolder, smallConfig, smallProject } from '../../../packages/cli/test/small-project.ts';
import { answering, sendJson, serve, type Behaviour, type ModelServer } from './model-server.ts';

const servers: ModelServer[] = [];
const projects: string[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});
afterAll(async () => {
  for (const project of projects) await removeFolder(project);
});

const secret = 'hunter2-hunter2';

/** A project with a teacher behind a server, and what else it should have. */
async function projectWith(behaviour: Behaviour, options: object = {}, others: object = {}): Promise<Project> {
  const server = await serve(behaviour);
  servers.push(server);
  const source = ['http', { url: { env: 'KD_TEST_URL' }, headers: { authorization: { env: 'KD_TEST_KEY' } }, batchSize: 16, timeout: 0.5, ...options }];
  const { side: _, ...teachers } = { ...smallConfig.teachers, height: { source, speaks: 'height' }, ...others };
  const folder = await smallProject({ ...smallConfig, teachers, compare: {}, plugins: [join(import.meta.dirname, '../dist/index.js')] });
  projects.push(folder);
  return { folder, server, env: { KD_TEST_KEY: `Bearer ${secret}`, KD_TEST_URL: `${server.url}?key=sesame-sesame` } };
}

interface Project {
  readonly folder: string;
  readonly server: ModelServer;
  /** Where the keys are. */
  readonly env: Readonly<Record<string, string>>;
}

const run = ({ folder, env }: Project): Promise<Ended> => startKd(['run', '--name', 'a'], { cwd: folder, env }).ended;

/** Every file of a run, by name. */
async function filesOf(folder: string): Promise<ReadonlyMap<string, Buffer>> {
  const names = (await readdir(join(folder, 'runs/a'), { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  return new Map(await Promise.all(names.map(async ({ parentPath, name }) => [name, await readFile(join(parentPath, name))] as const)));
}

/** Fails every third request, each time in another way. */
const flapping: Behaviour = (heard, response, number) => {
  if (number % 3 !== 2) return answering(heard, response, number);
  const faults: readonly (() => void)[] = [
    () => sendJson(response, {}, 503), () => response.socket!.destroy(), () => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
    () => sendJson(response, {}, 429, { 'retry-after': '0' }), () => sendJson(response, { predictions: [[1, 2]] }), () => {},
    () => response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' }).write('{', () => response.socket!.destroy()),
  ];
  faults[Math.floor(number / 3) % faults.length]!();
};

test('answers of a server that fails now and then are stored to the byte as those of one that does not; no key is anywhere (H1, H9, H10)', async () => {
  const [good, bad] = [await projectWith(answering), await projectWith(flapping)];
  const ended = await Promise.all([good, bad].map(run));
  expect(ended.map(({ code, stderr }) => [code, code === 0 ? '' : stderr])).toEqual([[0, ''], [0, '']]);
  const [expected, received] = [await filesOf(good.folder), await filesOf(bad.folder)];
  const stored = [...expected.keys()].filter((name) => name.endsWith('.safetensors'));
  expect(stored.some((name) => name.includes('height'))).toBe(true);
  for (const name of stored) expect(received.get(name)?.equals(expected.get(name)!), name).toBe(true);
  expect(bad.server.heard.length).toBeGreaterThan(good.server.heard.length);
  expect(good.server.heard.every(({ headers }) => headers.authorization === good.env['KD_TEST_KEY'])).toBe(true);
  const checked = await startKd(['check'], { cwd: good.folder, env: good.env }).ended;
  await startKd(['report', 'a'], { cwd: good.folder, env: good.env }).ended;
  const texts = [...(await filesOf(good.folder)).values()].map((bytes) => bytes.toString('latin1'));
  for (const text of [...texts, ...[...ended, checked].flatMap(({ stdout, stderr }) => [stdout, stderr])]) expect(text).not.toMatch(/hunter2|sesame/);
}, 60_000);

test('where one teacher of several is away, check and run end at once with its name, and what to do (H6)', async () => {
  const { folder, server, env } = await projectWith(answering, { retries: 0 }, { other: { predict: './models/height.js', speaks: 'height' } });
  await server.close();
  for (const command of [['check'], ['run']]) {
    const { code, stderr } = await startKd(command, { cwd: folder, env }).ended;
    expect([code, stderr]).toEqual([1, expect.stringMatching(/KD_REMOTE_AWAY {2}Teacher 'height' gives no answer at http:\/\/127.*ECONNREFUSED.*Check that the server runs/)]);
  }
  expect(await startKd(['check'], { cwd: folder, env: { KD_TEST_URL: env['KD_TEST_URL']! } }).ended).toMatchObject({ code: 2, stderr: expect.stringMatching(/KD_REMOTE_SETUP .*KD_TEST_KEY, for the header authorization, is not set/) as string });
});

test('another model behind the address stops the run, and its answers are not mixed with those of the first (H5)', async () => {
  let slope = 9;
  const project = await projectWith(({ json }, response, number) => {
    if (number > 12 && slope === 9) slope = 7;
    sendJson(response, { predictions: (json.instances as number[][]).map(([, y]) => [-slope * y!, slope * y!]) });
  });
  expect(await run(project)).toMatchObject({ code: 1, stderr: expect.stringMatching(/KD_REMOTE_CHANGED .*another model answers/) as string });
  expect(await run(project)).toMatchObject({ code: 0 });
  const alone = await projectWith(({ json }, response) => sendJson(response, { predictions: (json.instances as number[][]).map(([, y]) => [-7 * y!, 7 * y!]) }));
  expect(await run(alone)).toMatchObject({ code: 0 });
  const [received, expected] = [await filesOf(project.folder), await filesOf(alone.folder)];
  for (const name of [...expected.keys()].filter((each) => each.includes('height') && each.endsWith('.safetensors'))) expect(received.get(name)!.equals(expected.get(name)!), name).toBe(true);
  expect(project.server.heard.length).toBeGreaterThan(13);
});

test('a run that waits for a server ends by a signal, saved, and goes on afterwards (H8)', async () => {
  let hang = true;
  let asked = (): void => {};
  const hangs = new Promise<void>((resolve) => void (asked = resolve));
  const project = await projectWith((heard, response, number) => {
    if (!hang || number < 4) return answering(heard, response, number);
    asked();
  }, { retries: 1 });
  const { child, ended } = startKd(['run', '--name', 'a'], { cwd: project.folder, env: project.env });
  onTestFinished(() => void child.kill('SIGKILL'));
  await hangs;
  child.kill('SIGTERM');
  expect(await ended).toMatchObject({ code: 143, stderr: expect.stringContaining('KD_STOPPED') as string });
  hang = false;
  expect(await run(project)).toMatchObject({ code: 0 });
});

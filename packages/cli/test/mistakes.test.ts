import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bin, events, kdInOneProcess, startKd, type Ended } from './kd.ts';
import { removeFolder, smallConfig, smallProject, writeFiles } from './small-project.ts';

const kd = kdInOneProcess();
let project: string;

beforeAll(async () => {
  project = await smallProject();
});
afterAll(() => removeFolder(project));

const trace = /^\s+at /m;
/** What must not come out: controls other than a new line. */
const steering = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/;

async function runWith(name: string, changes: object, files: Readonly<Record<string, string>> = {}, ...flags: readonly string[]): Promise<Ended> {
  await writeProject(name, changes, files);
  return kd(project, 'run', '--config', `${name}.json`, ...flags);
}

async function writeProject(name: string, changes: object, files: Readonly<Record<string, string>>): Promise<void> {
  await writeFiles(project, { ...files, [`${name}.json`]: JSON.stringify({ ...smallConfig, name, ...changes }) });
}

describe('mistakes in a config', () => {
  test('five at once are all reported', async () => {
    const { code, stdout, stderr } = await runWith('five', {
      train: { ...smallConfig.train, epochs: 0, batchsize: 32 }, seed: 1.5, alpha: 2, studnet: {}, 'na\u001b]0;title\u0007me': 1, student: { ...smallConfig.student, heads: 3 },
    });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`KD_CONFIG_INVALID  ${join(project, 'five.json')} has 7 mistakes:`);
    for (const line of [/train\.epochs: /, /train\.batchsize: unknown key, did you mean 'batchSize'\?/, /seed: /, /alpha: /, /studnet: unknown key, did you mean 'student'\?/, /student\.heads: /]) {
      expect(stderr).toMatch(new RegExp(`^ {2}- ${line.source}`, 'm'));
    }
    expect(stderr).toContain('na\uFFFD]0;title\uFFFDme: unknown key');
    expect(stderr).not.toMatch(steering);
    expect(stderr).not.toMatch(trace);
  });

  test('names that nothing is called are reported together, with what was meant', async () => {
    const { code, stderr } = await runWith('names', {
      alpha: 'refere', train: { ...smallConfig.train, optimizer: 'adamm' }, soft: { side: 'kl-divergance' }, memory: 'whole', aggregation: 'meen',
    });
    expect(code).toBe(2);
    for (const meant of ['referee', 'adam', 'mean']) expect(stderr).toContain(`did you mean '${meant}'`);
    expect(stderr).toContain("memory: no memory is called 'whole'");
    expect(stderr).not.toMatch(trace);
  });
});

test('mistakes that are set from outside name the flag and the variable', async () => {
  const [flags, variable] = await Promise.all([
    kd(project, 'inspect', '--set', 'alpha=2', '--seed', '1'),
    startKd(['inspect'], { cwd: project, env: { KD_SET_train__epochs: '0' } }).ended,
  ]);
  const file = join(project, 'kd.config.json');
  expect(flags.stderr).toContain(`KD_CONFIG_INVALID  ${file} with --set alpha=2, --seed 1 has a mistake:\n  - alpha: expected a number of at most 1, received 2`);
  expect(variable.stderr).toContain(`KD_CONFIG_INVALID  ${file} with KD_SET_train__epochs has a mistake:\n  - train.epochs: `);
});

test('mistakes in what a config extends name that file', async () => {
  const base = { ...smallConfig, train: { ...smallConfig.train, epochs: 0 }, alpha: 2 };
  await writeFiles(project, { 'base.json': JSON.stringify(base), 'extending.json': JSON.stringify({ extends: './base.json', alpha: 3, seed: 1.5 }) });
  const { code, stderr } = await kd(project, 'inspect', '--config', 'extending.json');
  expect(code).toBe(2);
  expect(stderr).toContain(`KD_CONFIG_INVALID  ${join(project, 'extending.json')} has 3 mistakes:`);
  expect(stderr).toContain(`  - train.epochs: expected a number greater than 0, received 0 (in ${join(project, 'base.json')})\n`);
  expect(stderr).toContain('  - alpha: expected a number of at most 1, received 3\n');
  expect(stderr).toContain('  - seed: expected a whole number, received 1.5\n');
});

test('a config whose function fails says so', async () => {
  await writeFiles(project, { 'failing.mjs': "export default () => { throw new Error('no such month'); };" });
  const { code, stderr } = await kd(project, 'inspect', '--config', 'failing.mjs');
  expect(code).toBe(2);
  expect(stderr).toContain('failing.mjs could not be read: its default export, a function that should return the config, failed: no such month. Correct the file.');
});

test.each([
  ['absent', 'There is no ', ''],
  ['models/side.js', '', ' is no saved student. Name the folder of a run'],
  ['models', '', ' is no saved student. Name the folder of a run'],
  ['kd.config.json', '', ' is no valid TensorFlow.js model.json: modelTopology: expected record, received undefined; weightsManifest: expected array, received undefined. Check'],
])('kd evaluate %s says what it takes', async (given, before, after) => {
  const { code, stdout, stderr } = await kd(project, 'evaluate', given);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(`${before}${join(project, given)}${after}`);
});

test('--set refuses what reaches into prototypes', async () => {
  const { code, stdout, stderr } = await kd(project, 'inspect', '--set', 'train.__proto__.epochs=1');
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain("KD_USAGE  --set train.__proto__.epochs=1: '__proto__' cannot be a key");
});

describe('faults of modules that a config names', () => {
  const tap = (body: string): string => `export default { name: 'faulty', apply({ hooks }) { ${body} } };\n`;

  test('a tap that throws names plugin and hook; a trace only with --debug; with --json as an event', async () => {
    const files = { 'faulty.mjs': tap("hooks.stepEnd.tapPromise('faulty', async () => { undefined.x; });") };
    const [plain, debug] = await Promise.all([runWith('tap', { plugins: ['./faulty.mjs'] }, files), runWith('tap-debug', { plugins: ['./faulty.mjs'] }, files, '--debug', '--json')]);
    expect([plain.code, debug.code]).toEqual([1, 1]);
    expect(plain.stderr).toMatch(/KD_PLUGIN_FAILED {2}Plugin 'faulty' failed in hook 'stepEnd': Cannot read properties of undefined/);
    expect(plain.stderr).not.toMatch(trace);
    expect(events(debug.stderr).at(-1)).toEqual({
      event: 'error', code: 'KD_PLUGIN_FAILED', message: expect.stringContaining("Plugin 'faulty' failed") as string,
      trace: expect.stringMatching(/caused by TypeError: Cannot read[^]*faulty\.mjs/) as string,
    });
  });

  test('a promise that nobody awaits ends the run with a message', async () => {
    await writeProject('floating', { plugins: ['./floating.mjs'] }, { 'floating.mjs': tap("hooks.stageStart.tapPromise('faulty', async () => { setTimeout(() => { throw new TypeError('forgotten'); }, 0); await new Promise((r) => setTimeout(r, 50)); });") });
    const { code, stdout, stderr } = await startKd(['run', '--config', 'floating.json'], { cwd: project }).ended;
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('Unexpected error  forgotten\n');
    expect(stderr).toContain('Run again with --debug');
    expect(stderr).not.toMatch(trace);
  });

  test.each([
    ['low.onnx', "source: ['onnx'"],
    ['low.pt', 'Ask it in a function that `predict` names'],
    ['low.h5', 'tensorflowjs_converter'],
    ['saved/saved_model.pb', "source: ['saved-model'"],
  ])('a model of another library, %s, comes with what to do', async (file, next) => {
    const model = file.startsWith('saved') ? './saved' : `./${file}`;
    const { code, stderr } = await runWith('foreign', { student: { ...smallConfig.student, model } }, { [file]: 'not ours' });
    expect(code).toBe(2);
    expect(stderr).toMatch(/KD_FILE_FOREIGN .* is nothing that kd opens, expected a model\.json/);
    expect(stderr).toContain(next);
  });

  test('a delimiter of no characters is a mistake of the config', async () => {
    const train = ['csv', { file: './a.csv', id: 'id', inputs: { x: 'x' }, delimiter: '' }];
    const { code, stderr } = await runWith('delimiter', { data: { train } }, { 'a.csv': 'id,x\na,1\n' });
    expect(code).toBe(2);
    expect(stderr).toMatch(/KD_STRATEGY_OPTIONS .*delimiter: /);
  });

  test('a model’s module with a syntax error is named', async () => {
    const { code, stderr } = await runWith('syntax', { student: { ...smallConfig.student, model: './models/broken.js' } }, { 'models/broken.js': 'export default () => {' });
    expect(code).toBe(2);
    expect(stderr).toMatch(/KD_MODULE_FAILED.*models\/broken\.js could not be loaded/);
    expect(stderr).not.toMatch(trace);
  });
});

describe('mistakes in a module of the project', () => {
  test('what it throws as an error of kd is told as such', async () => {
    const module = "import { datasetFromIterable } from '@kd/node';\nexport default () => datasetFromIterable([{ id: 1, inputs: { x: [0] } }, { id: 1, inputs: { x: [0] } }]);\n";
    const early = module.replace('export default () =>', 'export default await');
    const [called, loaded] = await Promise.all([
      runWith('throws-when-called', { data: { train: './throws-a.mjs' } }, { 'throws-a.mjs': module }),
      runWith('throws-when-loaded', { data: { train: './throws-b.mjs' } }, { 'throws-b.mjs': early }),
    ]);
    for (const { code, stderr } of [called, loaded]) {
      expect(code).toBe(2);
      expect(stderr).toMatch(/^KD_DATA_DUPLICATE_ID {2}Two samples of The data have the id '1'/m);
    }
  });

  test('data that fails, or is none, names the module', async () => {
    const [fails, none] = await Promise.all([
      runWith('data-fails', { data: { train: './data-fails.mjs' } }, { 'data-fails.mjs': "export default async () => { throw new Error('no such month'); };" }),
      runWith('data-none', { data: { train: './data-none.mjs' } }, { 'data-none.mjs': 'export const data = 3;' }),
    ]);
    expect([fails.code, none.code]).toEqual([2, 2]);
    expect(fails.stderr).toMatch(/^KD_DATA_REFERENCE {2}data\.train \(\.\/data-fails\.mjs\): expected a data set, .*received a function that failed \(no such month\)/m);
    expect(none.stderr).toMatch(/^KD_DATA_REFERENCE {2}data\.train \(\.\/data-none\.mjs\): .*received .*A module gives it, or a function that returns it, as its default export/mi);
  });

  test('a message of its own ends in one full stop', async () => {
    const { stderr } = await runWith('stops', { data: { train: './stops.mjs' } }, { 'stops.mjs': "throw new Error('Not today.');" });
    expect(stderr).toContain('could not be loaded: Not today. Run with --debug');
  });
});

describe('on a terminal', () => {
  test('names cannot steer it', async () => {
    const { teachers, labels } = smallConfig;
    const changes = { teachers: { 'si\u001b[31mde': teachers.side, height: teachers.height }, labels: { ...labels, 'x\u009b2Jy': ['a\u0007', 'b'] } };
    const { code, stdout, stderr } = await runWith('steering', changes);
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('teacher si\uFFFD[31mde');
    expect(stdout + stderr).not.toMatch(steering);
  });

  const colours = '\u001b[1m';
  const redrawn = '\r\u001b[2K';

  test('there are colours and a line that moves, and no colours with NO_COLOR', async ({ skip }) => {
    const [coloured, plain] = await Promise.all([onTerminal('coloured', {}), onTerminal('plain', { NO_COLOR: '1' })]);
    skip(coloured === undefined, 'no `script` of util-linux here');
    expect(coloured).toContain(`${colours}distill  `);
    expect(coloured).toContain(redrawn);
    expect(plain).toContain('distill  ');
    expect(plain).toContain(redrawn);
    expect(plain!.replaceAll(redrawn, '')).not.toContain('\u001b[');
  });
});

/** What a run writes to a terminal; undefined where nothing here makes one. */
async function onTerminal(name: string, env: Readonly<Record<string, string>>): Promise<string | undefined> {
  try {
    const run = `'${process.execPath}' '${bin}' run --name ${name}`;
    return (await promisify(execFile)('script', ['-qec', run, '/dev/null'], { cwd: project, env: { PATH: process.env['PATH'], TERM: 'xterm-256color', ...env } })).stdout;
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return undefined;
    throw error;
  }
}

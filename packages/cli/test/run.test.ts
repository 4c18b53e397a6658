import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { events, kdInOneProcess, stagesOf, startKd, type Ended } from './kd.ts';
import { removeFolder, smallProject, temporaryProject, writeFiles } from './small-project.ts';

interface Summary {
  readonly student: { readonly accuracy: number; readonly hash: string };
  readonly seconds: Readonly<Record<string, number>>;
  readonly baseline: { readonly accuracy: number };
  readonly teachers: Readonly<Record<string, { readonly accuracy: number; readonly hash: string }>>;
}

const kd = kdInOneProcess();
let project: string;
let first: Ended;
let summary: Summary;

beforeAll(async () => {
  project = await smallProject();
  first = await startKd(['run', '--json'], { cwd: project }).ended;
  expect(first).toMatchObject({ code: 0 });
  summary = JSON.parse(await readFile(join(project, 'runs/small/summary.json'), 'utf8')) as Summary;
  for (const name of ['other-student', 'other-teacher', 'quiet']) await cp(join(project, 'runs/small'), join(project, 'runs', name), { recursive: true });
});
afterAll(() => removeFolder(project));

test('images that may be left out are named by whatever opens the data', async () => {
  const folder = await temporaryProject({
    'models/student.js': "import { layers, sequential } from '@tensorflow/tfjs-layers';\nexport default () => sequential({ layers: [layers.flatten({ inputShape: [1, 1, 1] }), layers.dense({ units: 2 })] });\n",
    'images/cat/broken.png': 'oops',
    'kd.config.json': JSON.stringify({ data: { train: ['image-folder', { folder: './images', space: 'pet', skipUnreadable: 1 }] }, labels: { pet: ['cat', 'dog'] }, student: { model: './models/student.js' }, train: { epochs: 1 } }),
  });
  onTestFinished(() => removeFolder(folder));
  // One grey pixel.
  const pixel = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==', 'base64');
  for (const name of ['cat/a.png', 'dog/a.png']) {
    await mkdir(join(folder, 'images', dirname(name)), { recursive: true });
    await writeFile(join(folder, 'images', name), pixel);
  }
  const [run, check] = await Promise.all([kd(folder, 'run'), kd(folder, 'check')]);
  for (const { code, stderr } of [run, check]) {
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('warning data.train leaves out a sample: cat/broken.png is no PNG or JPEG image\n');
  }
});

describe('kd run', () => {
  test('prints one JSON object on stdout and events on stderr', () => {
    const found = JSON.parse(first.stdout) as Record<string, unknown>;
    expect(found).toMatchObject({ schema: 1, folder: join(project, 'runs/small') });
    expect(found['summary']).toEqual(summary);
    expect(stagesOf(first.stderr)).toEqual({ teachers: false, student: false, 'train-teachers': false, 'distillation-data': false, distill: false });
    for (const event of events(first.stderr)) expect(event).toHaveProperty('event');
  });

  test('a second time finds everything unchanged and shows what was found', async () => {
    const { code, stdout, stderr } = await kd(project, 'run');
    expect(code).toBe(0);
    for (const stage of ['train-teachers', 'distillation-data', 'distill']) expect(stderr).toMatch(new RegExp(`^${stage} +unchanged$`, 'm'));
    const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;
    expect(stdout).toMatch(new RegExp(`teacher side +side \\(2\\) +${percent(summary.teachers['side']!.accuracy)} +42\\n`));
    expect(stdout).toMatch(new RegExp(`teacher height +height \\(2\\) +${percent(summary.teachers['height']!.accuracy)} `));
    expect(stdout).toMatch(new RegExp(`student, 20 labels alone +quadrant +${percent(summary.baseline.accuracy)} +116\\n`));
    expect(stdout).toMatch(new RegExp(`student, distilled +quadrant +${percent(summary.student.accuracy)} +116\\n`));
    expect(stdout).toContain(`${Math.abs(100 * (summary.student.accuracy - summary.baseline.accuracy)).toFixed(2)} points`);
    expect(stdout).toContain('npx kd evaluate runs/small');
    const { student, seconds } = JSON.parse(await readFile(join(project, 'runs/small/summary.json'), 'utf8')) as Summary;
    expect(student.hash).toBe(summary.student.hash);
    // A stage that is unchanged took what it took when it ran.
    for (const stage of ['train-teachers', 'distillation-data', 'distill']) expect([stage, seconds[stage]]).toEqual([stage, summary.seconds[stage]]);
    expect(seconds['distill']).toBeGreaterThan(0);
  });

  test('runs again only what depends on a changed value', async () => {
    const [student, teacher] = await Promise.all([
      kd(project, 'run', '--json', '--out', 'runs/other-student', '--set', 'train.epochs=1'),
      kd(project, 'run', '--json', '--out', 'runs/other-teacher', '--set', 'teachers.side.train.epochs=1'),
    ]);
    expect(stagesOf(student.stderr)).toMatchObject({ 'train-teachers': true, 'distillation-data': true, distill: false });
    expect(stagesOf(teacher.stderr)).toMatchObject({ 'train-teachers': false, 'distillation-data': false, distill: false });
    const changed = (JSON.parse(teacher.stdout) as { summary: Summary }).summary;
    expect(changed.teachers['side']!.hash).not.toBe(summary.teachers['side']!.hash);
    expect(changed.teachers['height']!.hash).toBe(summary.teachers['height']!.hash);
  });

  test('a preprocess may be a module, of which the config names the path', async () => {
    await writeFiles(project, {
      'models/away.js': "import { zerosLike } from '@tensorflow/tfjs-core';\nexport default ({ point }) => ({ point: zerosLike(point) });\n", 'models/number.js': 'export default 3;\n',
    });
    const runWith = (path: string): Promise<Ended> => kd(project, 'run', '--json', '--out', 'runs/away', '--set', `teachers.height.preprocess=${path}`, '--set', 'student.preprocess=./models/away.js');
    const { stdout, code } = await runWith('./models/away.js');
    expect(code).toBe(0);
    const { teachers, student } = (JSON.parse(stdout) as { summary: Summary }).summary;
    // What sees zeros alone gives one answer to everything.
    for (const accuracy of [teachers['height']!.accuracy, 2 * student.accuracy]) expect(Math.abs(accuracy - 0.5)).toBeLessThan(0.15);
    const judged = await kd(project, 'evaluate', 'runs/away', '--json', '--set', 'student.preprocess=./models/away.js');
    expect(JSON.parse(judged.stdout)).toMatchObject({ heads: { quadrant: { accuracy: student.accuracy } } });
    for (const [path, told] of [['./models/nowhere.js', /teachers\.height\.preprocess not found at .*nowhere\.js/], ['./models/number.js', /teachers\.height\.preprocess: expected a function/]] as const) {
      const { code: ended, stderr } = await runWith(path);
      expect(ended).toBe(2);
      expect(stderr).toMatch(told);
    }
  });

  test('works from another folder; relative paths are the config’s; nothing is said with --quiet', async () => {
    const summaryFile = join(project, 'runs/quiet/summary.json');
    await rm(summaryFile);
    expect(await kd(import.meta.dirname, 'run', '--quiet', '--config', join(project, 'kd.config.json'), '--name', 'quiet')).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(JSON.parse(await readFile(summaryFile, 'utf8'))).toMatchObject({ student: { hash: summary.student.hash } });
  });

  test('what it says to type next works where it was said', async () => {
    const { stdout } = await kd(import.meta.dirname, 'run', '--config', join(project, 'kd.config.json'));
    const next = /npx kd (evaluate .+?) {3}/.exec(stdout)![1]!.split(' ');
    expect(next[0]).toBe('evaluate');
    expect(await kd(import.meta.dirname, ...next, '--json')).toMatchObject({ code: 0 });
  });

  test('what it says to type next is one word for a shell, whatever the folder is called', async () => {
    const out = join(project, "runs/it's here");
    await cp(join(project, 'runs/small'), out, { recursive: true });
    const { stdout } = await kd(project, 'run', '--out', out, '--set', 'data.labelled=1', '--set', 'train.epochs=1');
    const next = /npx (kd evaluate .+?) {3}judges/.exec(stdout)![1]!;
    expect((await promisify(execFile)('sh', ['-c', `printf '%s|' ${next}`])).stdout).toBe("kd|evaluate|runs/it's here|");
    expect(stdout).toMatch(/student, 1 label alone /);
  });

  test('keeps the whole config, functions and all, beside what it made', async () => {
    const config = JSON.parse(await readFile(join(project, 'runs/small/config.json'), 'utf8')) as Record<string, unknown>;
    expect(config).toMatchObject({ teachers: { side: { model: './models/side.js', speaks: 'side' }, height: { predict: './models/height.js', speaks: 'height' } }, train: { epochs: 2 } });
  });

  test('refuses a folder with other files', async () => {
    await writeFiles(project, { 'photos/cat.png': 'meow' });
    const { code, stderr } = await kd(project, 'run', '--out', 'photos');
    expect(code).toBe(2);
    expect(stderr).toMatch(/KD_OUTPUT_NOT_OURS.*cat\.png/);
    expect(await readdir(join(project, 'photos'))).toEqual(['cat.png']);
  });

  test('each stage command stops after its stage, and together they make the run', async () => {
    const stages = ['teachers', 'student', 'train-teachers', 'distillation-data', 'distill'];
    const folder = join(project, 'runs/by-stage');
    for (const [i, stage] of stages.entries()) {
      const { code, stdout, stderr } = await kd(project, stage, '--json', '--name', 'by-stage');
      expect(code).toBe(0);
      expect(Object.keys(stagesOf(stderr))).toEqual(stages.slice(0, i + 1));
      expect(JSON.parse(stdout)).toMatchObject(i < 4 ? { folder, until: stage } : { folder, summary: { student: { hash: summary.student.hash } } });
    }
  });
});

describe('the other commands', () => {
  test('kd evaluate finds the accuracy of the run again, from its folder, the student’s, or the model', async () => {
    const [folder, ...models] = await Promise.all([kd(project, 'evaluate', 'runs/small'), ...['runs/small/student', 'runs/small/student/model.json'].map((student) => kd(project, 'evaluate', student, '--json'))]);
    for (const { code, stdout } of models) {
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ schema: 1, model: join(project, 'runs/small/student/model.json'), parameters: 116, heads: { quadrant: { accuracy: summary.student.accuracy, samples: 100 } } });
    }
    const { code, stdout } = folder;
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`quadrant +${(100 * summary.student.accuracy).toFixed(2)} % +100\\n`));
  });

  test('kd check shows rows, label map, cost and backend, and trains nothing; what a module prints never mixes with results', async () => {
    await writeFiles(project, { 'models/talks.js': `console.log('talking');\n${await readFile(join(project, 'models/student.js'), 'utf8')}` });
    const [{ code, stdout }, json] = await Promise.all([kd(project, 'check', '--name', 'checked'), kd(project, 'check', '--json', '--set', 'student.model=./models/talks.js', '--set', 'train.batchSize=100', '--set', 'compare.ceiling=true', '--set', 'labels.some={"of":"quadrant","only":["south-west","south-east"]}', '--set', 'teachers.height.speaks=some')]);
    expect(code).toBe(0);
    expect(stdout).toContain('256 samples to train, 100 to test, 20 labels');
    const samples = (await readFile(join(project, 'data/train.jsonl'), 'utf8')).split('\n').slice(0, 3).map((line) => JSON.parse(line) as { id: string; inputs: { point: number[] }; labels: { quadrant: string } });
    for (const { id, inputs: { point }, labels: { quadrant } } of samples) expect(stdout).toMatch(new RegExp(`${id} +quadrant ${quadrant} +point \\[2\\] ${point.map((value) => Number(value.toFixed(3))).join(' ')}\\n`));
    expect(stdout).toMatch(/side +side +42 +to be trained +west = south-west\+north-west/);
    expect(stdout).toMatch(/height +height +– +as it is/);
    expect(stdout).toMatch(/cost +16 steps of \d+ samples for the student.*; to train teachers: side \d+/);
    expect(stdout).toMatch(/memory +about \d+\.\d KB at once beside the data: whole batches, stored teachers\n +student [\d.]+ KB, teachers 0\.0 MB \(answers stored, [\d.]+ KB\), activations [\d.]+ KB of \d+ rows at once\n/);
    expect(stdout).toContain('No mistakes found.');
    expect(await readdir(join(project, 'runs'))).not.toContain('checked');
    expect(json.stderr).toContain('talking');
    expect(JSON.parse(json.stdout)).toMatchObject({
      schema: 1, file: join(project, 'kd.config.json'), data: { train: 256, test: 100, labelled: 20 },
      teachers: [{ id: 'side', speaks: 'side', trained: true }, { id: 'height', speaks: 'some', trained: false, map: 'south-west, south-east (says nothing of north-west, north-east)' }],
      student: { parameters: 116, heads: [{ space: 'quadrant', output: 'logits' }] }, cost: { steps: 3 * 2, teacherSteps: { side: 8 * 2 }, comparisonSteps: 2 * 3 * 2 },
      memory: { policy: 'whole batches, stored teachers', teachers: 'stored', recompute: false, bytes: { teachers: 0, peak: expect.any(Number) } },
    });
  });

  test('kd check says that nobody teaches', async () => {
    const { code, stdout } = await kd(project, 'check', '--name', 'alone', '--set', 'teachers={}');
    expect(code).toBe(0);
    expect(stdout).toMatch(/There are no teachers: the student learns from its labels alone\.\n\n {2}L = CE@quadrant\n/);
    expect(stdout).not.toContain('its classes in the student’s');
  });

  test('kd plugins lists what a config can name, also what a plugin brings', async () => {
    const [{ code, stdout }, json] = await Promise.all([kd(project, 'plugins'), kd(project, 'plugins', '--json')]);
    expect([code, json.code]).toEqual([0, 0]);
    expect(stdout).toMatch(/alpha +referee +adaptive-alpha /);
    expect(stdout).toMatch(/data +jsonl +node /);
    const { strategies } = JSON.parse(json.stdout) as { strategies: Record<string, string>[] };
    expect(strategies).toContainEqual(expect.objectContaining({ kind: 'loss', name: 'cross-entropy', plugin: 'kd' }));
  });

  test('kd plugins needs no config', async () => {
    const empty = await temporaryProject({});
    onTestFinished(() => removeFolder(empty));
    const { code, stdout } = await kd(empty, 'plugins');
    expect(code).toBe(0);
    expect(stdout).toMatch(/alpha +referee +adaptive-alpha /);
    expect(stdout).toMatch(/data +csv +node /);
    // One that is named and missing is still a mistake.
    expect((await kd(empty, 'plugins', '--config', 'absent.json')).code).toBe(2);
  });
});

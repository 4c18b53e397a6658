import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { loadConfig, type LoadedConfig, type LoadOptions } from '@kd/cli';
import { removeFolder, temporaryProject, writeFiles } from './small-project.ts';

let folder: string;

beforeAll(async () => {
  folder = await temporaryProject({ 'package.json': '{"name":"project"}' });
});
afterAll(() => removeFolder(folder));

function load(file: string, options: Partial<LoadOptions> = {}): Promise<LoadedConfig> {
  return loadConfig({ file, from: folder, environment: {}, overrides: [], ...options });
}

async function written(files: Readonly<Record<string, string | Uint8Array>>): Promise<LoadedConfig> {
  await writeFiles(folder, files);
  return load(Object.keys(files)[0]!);
}

/** What it fails with. */
async function failure(work: Promise<unknown>): Promise<{ code: string; message: string }> {
  const error: unknown = await work.then(() => undefined, (error: unknown) => error);
  expect(error).toMatchObject({ name: 'KdError' });
  return error as { code: string; message: string };
}

describe('a config is found', () => {
  test.each([
    ['kd.config.ts', "const name: string = 'found';\nexport default { name };"],
    ['kd.config.mts', "export default async (): Promise<unknown> => ({ name: 'found' });"],
    ['kd.config.js', "export default { name: 'found' };"],
    ['kd.config.mjs', "export default () => ({ name: 'found' });"],
    ['kd.config.json', '\uFEFF{ "name": "found" }'],
    ['kd.config.yaml', 'name: found'],
    ['kd.config.yml', '# nothing else\nname: "found"\n'],
    ['package.json', '{ "name": "other", "kd": { "name": "found" } }'],
  ])('in %s, from a folder below', async (name, text) => {
    const project = await temporaryProject({ 'package.json': '{}', [name]: text, 'src/deep/x': '' });
    onTestFinished(() => removeFolder(project));
    const found = await loadConfig({ from: join(project, 'src/deep'), environment: {}, overrides: [] });
    expect(found).toMatchObject({ file: join(project, name), folder: project, config: { name: 'found' }, origins: { name: join(project, name) } });
    expect((await loadConfig({ file: name, from: project, environment: {}, overrides: [] })).config.name).toBe('found');
  });

  test('only where it is the one of its folder; named, it is taken', async () => {
    const project = await temporaryProject({ 'package.json': '{ "name": "project" }', 'kd.config.json': '{ "name": "json" }', 'kd.config.yaml': 'name: yaml' });
    onTestFinished(() => removeFolder(project));
    const { code, message } = await failure(loadConfig({ from: project, environment: {}, overrides: [] }));
    expect(code).toBe('KD_CONFIG_SEVERAL');
    expect(message).toContain(`${join(project, 'kd.config.json')}, ${join(project, 'kd.config.yaml')}.`);
    expect((await loadConfig({ file: 'kd.config.yaml', from: project, environment: {}, overrides: [] })).config.name).toBe('yaml');
  });

  test('nowhere: every place is named', async () => {
    const { code, message } = await failure(loadConfig({ from: folder, environment: {}, overrides: [] }));
    expect(code).toBe('KD_CONFIG_MISSING');
    for (const place of ['package.json', 'kd.config.ts', 'kd.config.yaml']) expect(message).toContain(join(folder, place));
  });
});

describe('a file that cannot be read is named', () => {
  test.each<[string, string | Buffer, string]>([
    ['list.json', '[1]', 'it gives no config object'],
    ['half.json', '{ "name": ', 'JSON'],
    ['indent.yaml', 'a:\n - b\n  c: d', 'indent.yaml'],
    ['throws.mjs', "throw new Error('not today');", 'not today'],
    ['syntax.mjs', 'export default {', 'syntax.mjs'],
    ['prototype.json', '{ "train": { "__proto__": { "epochs": 3 } } }', '__proto__'],
    ['prototype.yaml', 'constructor: 1', 'constructor'],
    ['infinite.json', '{ "seed": 1e400 }', 'Infinity'],
    ['deep.json', `${'{"a":'.repeat(70)}1${'}'.repeat(70)}`, 'deeper than 64'],
    ['aliases.yaml', `a: &a [x,x,x,x,x,x,x,x,x,x]\n${['b', 'c', 'd', 'e', 'f', 'g'].map((name, i) => `${name}: &${name} [${Array(10).fill(`*${'abcdef'[i]!}`).join(',')}]`).join('\n')}`, 'values'],
    ['latin.json', Buffer.from('{ "name": "caf\u00e9" }', 'latin1'), 'it is no valid UTF-8'],
    ['large.json', `{ "name": "${'x'.repeat(1 << 20)}" }`, 'larger than'],
  ])('%s', async (name, text, problem) => {
    const { code, message } = await failure(written({ [name]: text }));
    expect(code).toBe('KD_CONFIG_UNREADABLE');
    expect(message).toContain(join(folder, name));
    expect(message).toContain(problem);
    expect({}).not.toHaveProperty('epochs');
  });
});

describe('extends', () => {
  test('replaces keys whole, joins plugins, later ones win', async () => {
    const plugin = (name: string): string => `export default { name: '${name}' };`;
    const { config, plugins, origins } = await written({
      'over.yaml': 'extends: [first.json, below/second.json]\nplugins: [./own.mjs, ./shared.mjs]\ntrain: { epochs: 3 }\n',
      'first.json': '{ "plugins": ["./shared.mjs"], "name": "first", "seed": 4, "train": { "epochs": 1, "batchSize": 7 } }',
      'below/second.json': '{ "plugins": ["./own.mjs"], "name": "second" }',
      'shared.mjs': plugin('shared'), 'own.mjs': plugin('own'), 'below/own.mjs': plugin('below'),
    });
    expect(config).toMatchObject({ name: 'second', seed: 4, train: { epochs: 3 } });
    expect(config.train).toEqual({ epochs: 3 });
    expect(plugins.map(({ name }) => name)).toEqual(['shared', 'below', 'own']);
    expect(origins).toMatchObject({ name: join(folder, 'below/second.json'), seed: join(folder, 'first.json'), 'train.epochs': join(folder, 'over.yaml') });
    expect(origins).not.toHaveProperty('train.batchSize');
  });

  test('is refused when it goes round', async () => {
    const { code, message } = await failure(written({ 'round.json': '{ "extends": "./back.yaml" }', 'back.yaml': 'extends: round.json' }));
    expect(code).toBe('KD_CONFIG_UNREADABLE');
    expect(message).toContain('extends itself');
  });

  test('names a base that is not there', async () => {
    const { code, message } = await failure(written({ 'lonely.json': '{ "extends": "./absent.json" }' }));
    expect(code).toBe('KD_FILE_MISSING');
    expect(message).toContain(`The config that ${join(folder, 'lonely.json')} extends not found at ${join(folder, 'absent.json')}`);
    expect(message).not.toContain('ENOENT');
  });
});

describe('what the environment may not set', () => {
  test.each([
    ['KD_SET_train', '{"__proto__":{"epochs":1}}', '__proto__'],
    ['KD_SET_constructor__prototype__x', '1', 'constructor'],
    ['KD_SET_train____epochs', '1', "''"],
    ['KD_SET_', '1', 'key.path=value'],
    ['KD_SET_data__train__7__file', 'x', 'list of 2'],
    ['KD_SET_name__first', 'x', "has no 'first'"],
  ])('%s', async (name, value, problem) => {
    await writeFiles(folder, { 'set.json': '{ "name": "set", "data": { "train": ["jsonl", { "file": "a" }] } }' });
    const { code, message } = await failure(load('set.json', { environment: { [name]: value } }));
    expect(code).toBe('KD_USAGE');
    expect(message).toContain(problem);
    expect({}).not.toHaveProperty('x');
  });
});

test('plugins: a list, of names, paths and plugins', async () => {
  const withPlugins = (...plugins: string[]): string => JSON.stringify({ data: { train: ['jsonl', { file: 'x' }] }, labels: { a: ['x', 'y'] }, student: { model: './m.mjs' }, plugins });
  const missing = await failure(written({ 'missing.json': withPlugins('nowhere') }));
  expect(missing).toMatchObject({ code: 'KD_PLUGIN_MISSING', exitCode: 2 });
  for (const tried of ["'nowhere'", '@kd/plugin-nowhere (from ', ' kd-plugin-nowhere (from ']) expect(missing.message).toContain(tried);
  expect((await failure(written({ 'word.json': '{ "plugins": "losses" }' }))).message).toContain('plugins: expected');
  expect((await failure(written({ 'empty.json': withPlugins('./nothing.mjs'), 'nothing.mjs': 'export const x = 1;' }))).code).toBe('KD_PLUGIN_INVALID');
  expect((await failure(written({ 'broken.json': withPlugins('./broken.mjs'), 'broken.mjs': "import 'kd-of-nobody';" }))).message).toContain('kd-of-nobody');
  const several = await failure(written({ 'several.json': '{ "plugins": ["nowhere", "./nothing.mjs"], "labels": {}, "trian": {} }' }));
  expect(several).toMatchObject({ code: 'KD_CONFIG_INVALID', exitCode: 2 });
  for (const told of ['data: ', 'student: ', "trian: unknown key, did you mean 'train'?", '@kd/plugin-nowhere', "nothing.mjs' is no kd plugin"]) expect(several.message).toContain(told);
  const compiled = await written({
    'cjs.mjs': "export default { plugins: ['cjs'] };", 'node_modules/kd-plugin-cjs/package.json': '{ "main": "./x.js" }',
    'node_modules/kd-plugin-cjs/x.js': "Object.defineProperty(exports, '__esModule', { value: true });\nexports.default = { name: 'compiled' };",
  });
  expect(compiled.plugins.map((plugin) => plugin.name)).toEqual(['compiled']);
  const { plugins } = await written({ 'all.mjs': "export default { plugins: ['adaptive-alpha', '@acme/x', { name: 'own' }] };", 'node_modules/@acme/kd-plugin-x/package.json': '{ "type": "module", "exports": { "import": "./x.js" } }', 'node_modules/@acme/kd-plugin-x/x.js': "export default { name: 'acme' };" });
  expect(plugins.map(({ name }) => name)).toEqual(['adaptive-alpha', 'acme', 'own']);
});

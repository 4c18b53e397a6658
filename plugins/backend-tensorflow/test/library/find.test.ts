import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expectKdError } from '../../../../packages/node/test/expect-kd-error.ts';
import { temporaryFolder } from '../../../../packages/node/test/temporary-folder.ts';
import { findLibrary, isFound, knownLibraries, removeLibrary, tensorflow, type Environment } from '../../src/index.ts';
import { compareVersions } from '../../src/library/versions.ts';
import { libraryNames } from '../../src/library/platform.ts';

const names = libraryNames();
const suite = describe.skipIf(!names);

/** Something that looks like the library, in `<parent>/tensorflow`. */
function putLibrary(parent: string, files: Readonly<Record<string, string>> = {}): string {
  const folder = join(parent, 'tensorflow');
  mkdirSync(folder, { recursive: true });
  for (const name of [names!.cc, names!.framework]) writeFileSync(join(folder, name), '');
  for (const [name, content] of Object.entries(files)) writeFileSync(join(parent, name), content);
  return folder;
}

function putCached(cache: string, entry: string, version: string, cuda: boolean = false): string {
  return putLibrary(join(cache, 'tensorflow', entry), { 'kd-library.json': JSON.stringify({ version, cuda }) });
}

/** A place where a Python environment keeps packages. */
function putPython(prefix: string, version: string): string {
  const site = join(prefix, 'lib/python3.11/site-packages');
  const folder = putLibrary(site);
  mkdirSync(join(site, `tensorflow_cpu-${version}.dist-info`));
  return folder;
}

/** Nothing but what a test says, not even this machine's Python. */
const emptyHome = (): Environment & { HOME: string } => ({ HOME: temporaryFolder(), PATH: '' });

async function foundIn(environment: Environment, library?: string): Promise<string> {
  const found = await findLibrary({ environment, library });
  return isFound(found) ? found.folder : found.why;
}

suite('found in this order', () => {
  test('the option, the variable, the cache, Python', async () => {
    const folder = temporaryFolder();
    const [option, variable, python] = [putLibrary(join(folder, 'option')), putLibrary(join(folder, 'variable')), putPython(join(folder, 'venv'), '2.19.0')];
    const environment = { ...emptyHome(), VIRTUAL_ENV: join(folder, 'venv') };
    expect(await foundIn(environment)).toBe(python);
    const cached = putCached(join(environment.HOME, process.platform === 'darwin' ? 'Library/Caches/kd' : '.cache/kd'), '2.20.0', '2.20.0');
    expect(await foundIn(environment)).toBe(cached);
    expect(await foundIn({ ...environment, KD_TENSORFLOW: 'off' })).toMatch(/KD_TENSORFLOW is off/);
    expect(await foundIn({ ...environment, KD_TENSORFLOW: variable })).toBe(variable);
    // The file itself will do.
    expect(await foundIn({ ...environment, KD_TENSORFLOW: variable }, join(option, names!.cc))).toBe(option);
    expect((await knownLibraries({ ...environment, KD_TENSORFLOW: variable })).map((known) => known.folder)).toEqual([variable, cached, python]);
  });

  test('of the cache the newest, with CUDA first; what is not whole is none', async () => {
    const [cache, home] = [temporaryFolder(), emptyHome()];
    const environment = { ...home, KD_CACHE: cache };
    putCached(cache, '2.9.0', '2.9.0');
    putCached(cache, '2.18.1', '2.18.1');
    const newest = putCached(cache, '2.20.0', '2.20.0');
    expect(await foundIn(environment)).toBe(newest);
    const cuda = putCached(cache, '2.20.0-cuda', '2.20.0', true);
    putLibrary(join(cache, 'tensorflow/2.99.0'));
    mkdirSync(join(cache, 'tensorflow/2.98.0'));
    writeFileSync(join(cache, 'tensorflow/2.98.0/kd-library.json'), '{"version":"2.98.0"}');
    expect(await foundIn(environment)).toBe(cuda);
  });

  test('of the cache none that has lost bytes since it was installed', async () => {
    const environment = { ...emptyHome(), KD_CACHE: temporaryFolder() };
    const folder = putCached(environment.KD_CACHE, '2.18.0', '2.18.0');
    putLibrary(join(environment.KD_CACHE, 'tensorflow/2.20.0'), { 'kd-library.json': JSON.stringify({ version: '2.20.0', files: [{ name: `tensorflow/${names!.cc}`, bytes: 1000 }] }) });
    expect(await foundIn(environment)).toBe(folder);
    expect((await removeLibrary({ environment })).map(({ version }) => version)).toEqual(['2.20.0', '2.18.0']);
    expect(readdirSync(join(environment.KD_CACHE, 'tensorflow'))).toEqual([]);
  });

  test('the cache is where KD_CACHE says, else XDG_CACHE_HOME, unless that is no absolute path', async () => {
    const [xdg, own] = [temporaryFolder(), temporaryFolder()];
    const [inXdg, inOwn] = [putCached(join(xdg, 'kd'), '2.20.0', '2.20.0'), putCached(own, '2.18.0', '2.18.0')];
    expect(await foundIn({ ...emptyHome(), XDG_CACHE_HOME: xdg })).toBe(inXdg);
    expect(await foundIn({ ...emptyHome(), XDG_CACHE_HOME: xdg, KD_CACHE: own })).toBe(inOwn);
    expect(await foundIn({ ...emptyHome(), XDG_CACHE_HOME: 'relative' })).toContain('backend install tensorflow');
  });
});

suite('Python', () => {
  test('the environment that is active, and the python3 of the path', async () => {
    const [conda, prefix] = [temporaryFolder(), temporaryFolder()];
    const [inConda, inPrefix] = [putPython(conda, '2.20.0'), putPython(prefix, '2.18.0')];
    mkdirSync(join(prefix, 'bin'));
    // Never started: its own folder tells.
    writeFileSync(join(prefix, 'bin/python3.11'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    symlinkSync('python3.11', join(prefix, 'bin/python3'));
    expect(await foundIn({ ...emptyHome(), CONDA_PREFIX: conda })).toBe(inConda);
    expect(await foundIn({ ...emptyHome(), PATH: ['/none', join(prefix, 'bin')].join(delimiter) })).toBe(inPrefix);
    // A virtual environment that nobody has activated: its python3 is a link to the one that it was made with.
    const venv = temporaryFolder();
    const inVenv = putPython(venv, '2.20.0');
    mkdirSync(join(venv, 'bin'));
    symlinkSync(join(prefix, 'bin/python3'), join(venv, 'bin/python3'));
    expect(await foundIn({ ...emptyHome(), PATH: join(venv, 'bin') })).toBe(inVenv);
  });

  test('a python3 whose packages lie elsewhere is asked, and only if there is something to ask for', async () => {
    const [shims, home] = [temporaryFolder(), emptyHome()];
    const folder = join(home.HOME, '.local/lib/python3.12/site-packages');
    const asked = join(shims, 'asked');
    mkdirSync(join(shims, 'bin'));
    writeFileSync(join(shims, 'bin/python3'), `#!/bin/sh\necho x >> ${asked}\necho ${folder}/tensorflow\n`);
    chmodSync(join(shims, 'bin/python3'), 0o755);
    const environment = { ...home, PATH: [join(shims, 'bin'), '/bin', '/usr/bin'].join(delimiter) };
    const none = await foundIn(environment);
    expect(spawnSync('test', ['-e', asked]).status, none).toBe(1);
    putLibrary(folder);
    expect(await foundIn(environment)).toBe(join(folder, 'tensorflow'));
    writeFileSync(join(shims, 'bin/python3'), '#!/bin/sh\nexit 3\n');
    expect(await foundIn(environment)).toContain('no TensorFlow library');
  });

  test('one that is too old is not used, and is named', async () => {
    const venv = temporaryFolder();
    putPython(venv, '2.15.1');
    expect(await foundIn({ ...emptyHome(), VIRTUAL_ENV: venv })).toBe("Python's, by VIRTUAL_ENV is TensorFlow 2.15.1, and kd needs 2.18.0 or later; `npx kd backend install tensorflow` fetches it");
  });
});

suite('what was named', () => {
  test('and is not there is not replaced by another', async () => {
    const [home, empty] = [emptyHome(), temporaryFolder()];
    putCached(join(home.HOME, '.cache/kd'), '2.20.0', '2.20.0');
    expect(await foundIn({ ...home, KD_TENSORFLOW: '/none' })).toMatch(/^the variable KD_TENSORFLOW is \/none, which holds no libtensorflow_cc/);
    expect(await foundIn(home, empty)).toContain(`the option library is ${empty}, which holds no`);
  });

  test('by a relative path is looked for from the config’s folder', async () => {
    const base = temporaryFolder();
    const backend = tensorflow.create({ xla: false, eager: false, impure: 'eager', library: './native' }, { base });
    expect(await backend.available()).toContain(`the option library is ${join(base, 'native')}, which holds no`);
  });

  test('and is too old is not used', async () => {
    const folder = putPython(temporaryFolder(), '2.15.1');
    expect(await foundIn(emptyHome(), folder)).toBe('the option library is TensorFlow 2.15.1, and kd needs 2.18.0 or later; correct it, or leave it out');
  });

  test.skipIf(process.platform !== 'linux')('and does not load is told as the loader tells it', async () => {
    const backend = tensorflow.create({ xla: false, eager: false, impure: 'eager', library: putLibrary(temporaryFolder()) }, { base: process.cwd() });
    const { message } = await expectKdError('KD_BACKEND_UNAVAILABLE', () => backend.start());
    expect(message).toMatch(/the library in .*, found by the option library, does not work: Failed to load shared library: file too short\. Choose/);
  });
});

describe.skipIf(process.platform !== 'linux')('a library that a copy has cut short', () => {
  test('is not used, for it would end the process', async () => {
    const folder = putLibrary(temporaryFolder());
    const program = readFileSync(process.execPath);
    writeFileSync(join(folder, names!.cc), program);
    expect(await foundIn(emptyHome(), folder)).toBe(folder);
    writeFileSync(join(folder, names!.cc), program.subarray(0, program.length / 2));
    expect(await foundIn(emptyHome(), folder)).toBe(`${join(folder, names!.cc)}, found by the option library, is cut short; correct it, or leave it out`);
  });
});

test('versions are sorted as numbers, candidates before what they became', () => {
  expect(['2.20.0', '2.9.1', '2.20.0rc1', '2.18.0', '2.20'].sort(compareVersions)).toEqual(['2.9.1', '2.18.0', '2.20.0rc1', '2.20', '2.20.0']);
});

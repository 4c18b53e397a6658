import { execFile } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Environment } from './cache-folder.ts';
import { libraryIn, namesIn, type FoundLibrary } from './library-in.ts';

const ask = 'import importlib.util as u; s = u.find_spec("tensorflow"); print(s.submodule_search_locations[0] if s else "")';
const mostMs = 2000;

/** The TensorFlow of the Python that `python3` starts here. Python itself is started only if a folder says that it may know one. */
export async function pythonLibrary(environment: Environment): Promise<FoundLibrary | undefined> {
  for (const name of ['VIRTUAL_ENV', 'CONDA_PREFIX']) {
    const prefix = environment[name];
    const found = prefix ? inFolders(sitesOf(prefix), `Python's, by ${name}`) : undefined;
    if (found) return found;
  }
  const python = (environment['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'python3')).find((file) => existsSync(file));
  if (!python) return undefined;
  const how = `Python's (${python})`;
  // In a virtual environment it is a link, and the packages lie beside the link.
  const prefix = dirname(dirname(realpathSync(python)));
  const own = inFolders([...sitesOf(dirname(dirname(python))), ...sitesOf(prefix)], how);
  if (own || !inFolders(sitesElsewhere(prefix, environment), how)) return own;
  try {
    const { stdout } = await promisify(execFile)(python, ['-c', ask], { timeout: mostMs, env: { ...environment } });
    return stdout.trim() ? libraryIn(stdout.trim(), how) : undefined;
  } catch {
    return undefined; // a Python that does not answer has no library to give
  }
}

function inFolders(folders: readonly string[], how: string): FoundLibrary | undefined {
  for (const folder of folders) {
    const found = libraryIn(join(folder, 'tensorflow'), how);
    if (found) return found;
  }
  return undefined;
}

/** The folders of packages of a Python that is installed below `prefix`. */
function sitesOf(prefix: string): readonly string[] {
  const lib = join(prefix, 'lib');
  return namesIn(lib).filter((name) => name.startsWith('python3')).flatMap((name) => ['site-packages', 'dist-packages'].map((kind) => join(lib, name, kind)));
}

/** Folders that a Python may also look into: the user's own, those of PYTHONPATH, of the system, and of pyenv behind its shims. */
function sitesElsewhere(prefix: string, { HOME: home, PYTHONPATH: path }: Environment): readonly string[] {
  const versions = join(prefix, 'versions');
  return [
    ...(path ?? '').split(delimiter).filter((folder) => folder !== ''),
    ...(home ? sitesOf(join(home, '.local')) : []),
    ...sitesOf('/usr/local'),
    ...namesIn(versions).flatMap((name) => sitesOf(join(versions, name))),
  ];
}

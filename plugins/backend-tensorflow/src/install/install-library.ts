import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { kdError, messageOf, silent, type Reporter } from '@kd/core';
import { durableWrite } from '@kd/node';
import { cachedLibraries, manifestName, type CachedLibrary } from '../library/cached-libraries.ts';
import { librariesFolder, type Environment } from '../library/cache-folder.ts';
import { libraryIn } from '../library/library-in.ts';
import { here, type LibraryNames, type Platform } from '../library/platform.ts';
import { compareVersions, newestTested, oldestVersion, releaseOf } from '../library/versions.ts';
import type { ChosenWheel } from './choose-wheel.ts';
import { chooseTensorflow, wheelAt, type Target } from './choose-wheels.ts';
import { copyLibrary } from './copy-library.ts';
import { expectPlatform, expectVersion } from './expect-installable.ts';
import { megabytes } from './expect-space.ts';
import { glibcVersion } from './glibc.ts';
import { httpClient, type HttpClient } from './http.ts';
import { inWorkshop, type Workshop } from './libraries-workshop.ts';
import { indexSource } from './package-index.ts';
import { pipIndex } from './pip-index.ts';
import { proveLibrary, type Prove } from './prove-library.ts';
import { stage } from './stage.ts';
import { takeWheels } from './take-wheels.ts';
import type { Unpacked } from './wheel.ts';
import { folderSource, holdsWheels } from './wheel-source.ts';

export interface InstallOptions {
  /** Exactly this version of TensorFlow; else the newest that kd has been tested with. */
  readonly version?: string | undefined;
  /** With CUDA, and NVIDIA's libraries that it needs. Linux on x64 only. */
  readonly cuda?: boolean | undefined;
  /** A wheel of TensorFlow, a folder of wheels, or a folder that holds the libraries; nothing of TensorFlow is fetched then. */
  readonly from?: string | undefined;
  /** A Python package index, e.g. `https://packages.example/simple`; else the one that pip asks. */
  readonly index?: string | undefined;
  readonly reporter?: Reporter;
  readonly environment?: Environment;
  readonly platform?: Platform;
  readonly http?: HttpClient;
  readonly prove?: Prove;
}

export interface Installed {
  readonly library: CachedLibrary;
  /** It was there before. */
  readonly unchanged: boolean;
}

type Job = Required<Omit<InstallOptions, 'version' | 'from' | 'index' | 'platform'>> & Pick<InstallOptions, 'from' | 'index'> & { readonly target: Target; readonly names: LibraryNames };

/**
 * Puts TensorFlow's library into kd's cache: finds the wheel for this system, fetches it (a cut download goes on where it
 * broke), checks it, takes out the libraries and licences, runs a kernel with them, and only then gives them their name.
 *
 * @throws KD_LIBRARY_PLATFORM, KD_LIBRARY_VERSION, KD_LIBRARY_BROKEN, KD_INDEX_INVALID, KD_DOWNLOAD, KD_FILE_DAMAGED,
 * KD_FILE_INVALID, KD_DISK, KD_RUN_LOCKED, KD_USAGE. Nothing is half installed then.
 */
export async function installLibrary({ version, cuda = false, from, index, reporter = silent, environment = process.env, platform = here, prove = proveLibrary, ...given }: InstallOptions = {}): Promise<Installed> {
  const http = given.http ?? (await httpClient());
  try {
    const glibc = platform.os === 'linux' ? glibcVersion() : undefined;
    const names = expectPlatform(platform, glibc, cuda);
    if (version !== undefined) expectVersion(version);
    const job: Job = { target: { platform, glibc, cuda, version }, names, cuda, from, index, reporter, environment, http, prove };
    const known = from === undefined ? thereIs(version ?? newestTested, job) : undefined;
    return known ? { library: known, unchanged: true } : await inWorkshop(librariesFolder(environment, platform.os), (workshop) => install(workshop, job));
  } finally {
    await http.close();
  }
}

async function install(workshop: Workshop, job: Job): Promise<Installed> {
  const { from } = job;
  if (from !== undefined && !holdsWheels(from) && statSync(from, { throwIfNoEntry: false })?.isDirectory()) return installFolder(from, workshop, job);
  const { wheel, source } = await wheelFor(job);
  const same = thereIs(wheel.version, job);
  if (same) return { library: same, unchanged: true };
  job.reporter.note?.(`${wheel.filename}${wheel.bytes === undefined ? '' : `, ${megabytes(wheel.bytes)} MB`}, from ${from === undefined ? source.label : dirname(wheel.place)}`);
  const files = await takeWheels(wheel, workshop, { ...job, source });
  return finish(workshop, job, files, wheel.version, [wheel.filename]);
}

function thereIs(version: string | undefined, { target, environment }: Job): CachedLibrary | undefined {
  return cachedLibraries(environment).find((known) => known.version === version && known.cuda === target.cuda);
}

/** The wheel of TensorFlow, and where those that it asks for come from. */
async function wheelFor({ from, index, target, environment, http }: Job): Promise<{ wheel: ChosenWheel; source: ReturnType<typeof folderSource> }> {
  if (from !== undefined && holdsWheels(from)) {
    const source = folderSource(from);
    return { source, wheel: await chooseTensorflow(source, target) };
  }
  const source = indexSource(index ?? pipIndex(environment), http);
  return { source, wheel: from === undefined ? await chooseTensorflow(source, target) : wheelAt(from, target) };
}

async function installFolder(from: string, workshop: Workshop, job: Job): Promise<Installed> {
  const { cc, framework } = job.names;
  const found = libraryIn(from, '--from');
  if (!found) throw kdError('KD_USAGE', { problem: `--from ${from}: the folder holds neither wheels nor ${cc} and ${framework}`, next: 'Name a wheel of TensorFlow, a folder of wheels, or a folder that holds its libraries.' });
  if (job.cuda) throw kdError('KD_USAGE', { problem: `--cuda: ${from} holds the libraries themselves`, next: 'Give --from a wheel or a folder of wheels, or leave --cuda out.' });
  const version = found.version ?? (await proven(found, job, from)).version;
  const wanted = job.target.version ?? version;
  if (wanted !== version || compareVersions(version, oldestVersion) < 0) throw kdError('KD_USAGE', { problem: `--from ${from}: it holds TensorFlow ${version}, expected ${job.target.version ?? `${oldestVersion} or later`}`, next: 'Name another.' });
  const known = thereIs(version, job);
  if (known) return { library: known, unchanged: true };
  return finish(workshop, job, await copyLibrary(found, workshop.bench, job.reporter), version, []);
}

/** Proves what lies on the bench, writes down what it is, and gives it its name. */
async function finish(workshop: Workshop, job: Job, files: readonly Unpacked[], version: string, wheels: readonly string[]): Promise<Installed> {
  const { target, environment, names } = job;
  const built = libraryIn(workshop.bench, 'the bench');
  const label = wheels[0] ?? workshop.bench;
  if (!built) throw kdError('KD_FILE_INVALID', { file: label, expected: 'wheel of TensorFlow for this system', problem: `it holds no ${names.cc} and ${names.framework}` });
  const { devices, version: own } = await stage(job.reporter, 'prove', () => proven(built, job, label));
  if (releaseOf(own) !== releaseOf(version)) throw kdError('KD_FILE_INVALID', { file: label, expected: `wheel of TensorFlow ${version}`, problem: `the library in it says that it is ${own}` });
  if (target.cuda && !devices.includes('GPU')) job.reporter.warn?.("TensorFlow sees no GPU here and computes on the CPU: is NVIDIA's driver installed?");
  await durableWrite(join(workshop.bench, manifestName), `${JSON.stringify({ kd: 'library', schema: 1, version, cuda: target.cuda, wheels, files }, undefined, 1)}\n`);
  const entry = await workshop.place(`${version}${target.cuda ? '-cuda' : ''}`);
  await workshop.removeDownloads();
  return { library: cachedLibraries(environment).find((known) => known.entry === entry)!, unchanged: false };
}

async function proven(library: Parameters<Prove>[0], { prove }: Job, label: string): ReturnType<Prove> {
  try {
    return await prove(library);
  } catch (error) {
    throw kdError('KD_LIBRARY_BROKEN', { folder: label, problem: messageOf(error), next: 'If a library of the system is missing, install it; else choose another --version.' }, error);
  }
}

import type { Reporter } from '@kd/core';
import { makeFolder } from '@kd/node';
import type { LibraryNames } from '../library/platform.ts';
import { chooseRequired, type Target } from './choose-wheels.ts';
import type { ChosenWheel } from './choose-wheel.ts';
import { download } from './download.ts';
import { expectSpace } from './expect-space.ts';
import type { HttpClient } from './http.ts';
import type { Workshop } from './libraries-workshop.ts';
import { requirementsOf } from './requirement.ts';
import { progressOf, stage } from './stage.ts';
import { metadataOf, unpackWheel } from './unpack-wheel.ts';
import { nvidiaFiles, tensorflowFiles } from './wanted-files.ts';
import { parseWheelName } from './wheel-name.ts';
import type { Unpacked } from './wheel.ts';
import type { WheelSource } from './wheel-source.ts';

export interface Tools {
  readonly source: WheelSource;
  readonly target: Target;
  readonly names: LibraryNames;
  readonly http: HttpClient;
  readonly reporter: Reporter;
}

/**
 * Fetches TensorFlow's wheel and, for CUDA, the wheels of NVIDIA that it asks for, and unpacks what is needed of them.
 *
 * @returns the files, by their names below the workshop's bench
 */
export async function takeWheels(tensorflow: ChosenWheel, workshop: Workshop, tools: Tools): Promise<readonly Unpacked[]> {
  const { target, names, reporter } = tools;
  const taken = await stage(reporter, 'download', async () => {
    const path = await fetchWheel(tensorflow, workshop, tools);
    const required = target.cuda ? requirementsOf(await metadataOf(path, tensorflow.filename), 'and-cuda', tensorflow.filename) : [];
    const wheels = [{ wheel: tensorflow, path }];
    for (const requirement of required) {
      const wheel = await chooseRequired(tools.source, requirement, target);
      wheels.push({ wheel, path: await fetchWheel(wheel, workshop, tools) });
    }
    return wheels;
  });
  return stage(reporter, 'unpack', async () => {
    const files: Unpacked[] = [];
    for (const { wheel, path } of taken) {
      const choose = wheel === tensorflow ? (all: readonly string[]) => tensorflowFiles(all, names) : nvidiaFiles;
      files.push(...(await unpackWheel(path, wheel.filename, workshop.bench, choose, reporter)));
    }
    return files;
  });
}

/** The path of a wheel's file: its own where it lies here already, or a download's. */
async function fetchWheel(wheel: ChosenWheel, { downloads }: Workshop, { http, reporter }: Tools): Promise<string> {
  if (!/^https?:/.test(wheel.place)) return wheel.place;
  await makeFolder(downloads);
  await expectSpace(downloads, wheel.bytes ?? 0);
  return download(wheel, downloads, http, progressOf(reporter, 'download', `${parseWheelName(wheel.filename)?.project ?? ''} ${wheel.version}`));
}

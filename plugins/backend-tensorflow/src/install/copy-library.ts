import { createReadStream, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Reporter } from '@kd/core';
import { durableWrite, makeFolder } from '@kd/node';
import { namesIn, type FoundLibrary } from '../library/library-in.ts';
import { expectSpace } from './expect-space.ts';
import { progressOf, stage } from './stage.ts';
import type { Unpacked } from './wheel.ts';

/** Copies a library that lies in a folder, with the files that were packed along with it, into `folder`. */
export async function copyLibrary({ cc, framework, folder: from }: FoundLibrary, folder: string, reporter: Reporter): Promise<readonly Unpacked[]> {
  const along = join(dirname(from), 'tensorflow.libs');
  const copies = [
    ...[cc, framework].map((file) => [file, `tensorflow/${basename(file)}`] as const),
    ...namesIn(along).map((name) => [join(along, name), `tensorflow.libs/${name}`] as const),
  ];
  const total = copies.reduce((sum, [file]) => sum + statSync(file).size, 0);
  await expectSpace(folder, total);
  return stage(reporter, 'copy', async () => {
    const told = progressOf(reporter, 'copy', 'libraries');
    const files: Unpacked[] = [];
    let before = 0;
    for (const [file, name] of copies) {
      await makeFolder(dirname(join(folder, name)));
      files.push({ name, ...(await durableWrite(join(folder, name), readingOf(file, (bytes) => told(before + bytes, total)))) });
      before += files.at(-1)!.bytes;
    }
    return files;
  });
}

/** A file's bytes, chunk by chunk, and how many there were so far. */
async function* readingOf(file: string, told: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 }) as AsyncIterable<Uint8Array>) {
    yield chunk;
    told((bytes += chunk.byteLength));
  }
}

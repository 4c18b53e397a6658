import type { Reporter } from '@kd/core';
import { expectSpace } from './expect-space.ts';
import { progressOf } from './stage.ts';
import { openWheel, type Unpacked } from './wheel.ts';

/**
 * Writes some of a wheel's files into `folder`.
 *
 * @param choose which of its names
 * @param label how messages call it
 * @throws KD_FILE_INVALID, KD_DISK
 */
export async function unpackWheel(path: string, label: string, folder: string, choose: (names: readonly string[]) => readonly string[], reporter: Reporter): Promise<readonly Unpacked[]> {
  const wheel = await openWheel(path, label);
  try {
    const names = choose(wheel.names);
    const total = wheel.bytesOf(names);
    await expectSpace(folder, total);
    const told = progressOf(reporter, 'unpack', label.replace(/-(cp|py)\d.*$/, ''));
    let done = 0;
    return await wheel.unpack(names, folder, (bytes) => told((done += bytes), total));
  } finally {
    wheel.close();
  }
}

/** The text of a wheel's METADATA. @throws KD_FILE_INVALID */
export async function metadataOf(path: string, label: string): Promise<string> {
  const wheel = await openWheel(path, label);
  try {
    return await wheel.text('METADATA');
  } finally {
    wheel.close();
  }
}

import { labelsFor } from '../data/labels-for.ts';
import type { StudentData } from '../data/student-data.ts';
import type { LabelSpace } from '../labels/label-space.ts';
import { sha256 } from '../tensor/hash.ts';
import type { Opened } from './stage-context.ts';

/**
 * What work with labels depends on: the classes of its label spaces and the labels as they are seen through them. The
 * config's other label spaces are none of its business: one may be added without anything being done again.
 *
 * @param seen the labels that are trained on; undefined where nothing is
 */
export async function labelPrint(wanted: readonly LabelSpace[], seen: StudentData['labels'] | undefined, { data, resolved }: Opened): Promise<readonly unknown[]> {
  return Promise.all(wanted.map(async (space) => ({
    name: space.name, kind: space.kind, classes: space.classes,
    seen: await hashOf(seen?.[space.name]),
    test: await hashOf(data.test && labelsFor(data.test, space, resolved.spaces)),
  })));
}

async function hashOf(labels: Int32Array | Float32Array | undefined): Promise<string | undefined> {
  return labels && sha256(new Uint8Array(labels.buffer, labels.byteOffset, labels.byteLength));
}

import { labelsFor } from '../data/labels-for.ts';
import type { StudentData } from '../data/student-data.ts';
import type { LabelSpace } from '../labels/label-space.ts';
import { fingerprint, sha256 } from '../tensor/hash.ts';
import type { Opened } from './stage-context.ts';

/**
 * What training with labels depends on: the classes of its label spaces and the labels as they are seen through them. The
 * config's other label spaces are none of its business: one may be added without anything being done again.
 */
export async function labelPrint(wanted: readonly LabelSpace[], seen: StudentData['labels']): Promise<readonly unknown[]> {
  return Promise.all(wanted.map(async (space) => ({ ...namesOf(space), seen: await hashOf(seen[space.name]) })));
}

/** What judging depends on, besides what is judged: the test data, and its labels as they are seen through these spaces. */
export async function testPrint(wanted: readonly LabelSpace[], { data, resolved }: Opened): Promise<string> {
  const labels = await Promise.all(wanted.map(async (space) => ({ ...namesOf(space), test: await hashOf(data.test && labelsFor(data.test, space, resolved.spaces)) })));
  return fingerprint({ test: data.testHash, labels });
}

function namesOf({ name, kind, classes }: LabelSpace): Pick<LabelSpace, 'name' | 'kind' | 'classes'> {
  return { name, kind, classes };
}

async function hashOf(labels: Int32Array | Float32Array | undefined): Promise<string | undefined> {
  return labels && sha256(new Uint8Array(labels.buffer, labels.byteOffset, labels.byteLength));
}

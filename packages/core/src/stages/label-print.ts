import { labelsFor } from '../data/labels-for.ts';
import type { Dataset } from '../data/dataset.ts';
import type { StudentData } from '../data/student-data.ts';
import type { LabelSpace } from '../labels/label-space.ts';
import { fingerprint, sha256 } from '../tensor/hash.ts';
import type { Opened } from './stage-context.ts';
import { isValidated } from './validation-for.ts';

/**
 * What training with labels depends on: the classes of its label spaces and the labels as they are seen through them. The
 * config's other label spaces are none of its business: one may be added without anything being done again.
 */
export async function labelPrint(wanted: readonly LabelSpace[], seen: StudentData['labels']): Promise<readonly unknown[]> {
  return Promise.all(wanted.map(async (space) => ({ ...namesOf(space), seen: await hashOf(seen[space.name]) })));
}

/** What judging depends on, besides what is judged: the test data, and its labels as they are seen through these spaces. */
export async function testPrint(wanted: readonly LabelSpace[], { data: { test, testHash }, resolved }: Opened): Promise<string> {
  return fingerprint({ test: testHash, labels: await seenIn(test, wanted, resolved) });
}

/** The same of the data that a training is judged by after each epoch; nothing where it is not. */
export async function validationPrint(space: LabelSpace, opened: Opened): Promise<{ readonly validation?: string }> {
  if (!isValidated(opened, space)) return {};
  const { data: { validation, validationHash }, resolved } = opened;
  return { validation: await fingerprint({ data: validationHash, labels: await seenIn(validation, [space], resolved) }) };
}

async function seenIn(dataset: Dataset | undefined, wanted: readonly LabelSpace[], { spaces }: Opened['resolved']): Promise<readonly unknown[]> {
  return Promise.all(wanted.map(async (space) => ({ ...namesOf(space), test: await hashOf(dataset && labelsFor(dataset, space, spaces)) })));
}

function namesOf({ name, kind, classes }: LabelSpace): Pick<LabelSpace, 'name' | 'kind' | 'classes'> {
  return { name, kind, classes };
}

async function hashOf(labels: Int32Array | Float32Array | undefined): Promise<string | undefined> {
  return labels && sha256(new Uint8Array(labels.buffer, labels.byteOffset, labels.byteLength));
}

import { join } from 'node:path';
import { existsSync } from 'node:fs';
import { KdError, type Plain, type TensorData, type UnitRecord } from '@kd/core';
import { z } from 'zod';
import { durableWrite } from '../files/durable-write.ts';
import { makeFolder } from '../files/make-folder.ts';
import { readWhole } from '../files/read-file.ts';
import { openSealedJson, sealJson } from '../files/sealed-json.ts';
import { openSafetensors } from '../safetensors/read-safetensors.ts';
import { writeSafetensors } from '../safetensors/write-safetensors.ts';
import { fileNameOf } from '../store/file-name.ts';

const next = 'It is made again.';
const largest = 1 << 28;
const schema = z.strictObject({
  format: z.literal('kd-unit'), version: z.literal(1), unit: z.string(), fingerprint: z.string(), record: z.unknown(),
  weights: z.strictObject({ bytes: z.int(), sha256: z.string() }).optional(),
});

/** Writes what a unit made: its weights first, then the record that names them. */
export async function writeUnit(folder: string, unit: string, fingerprint: string, { record, weights }: UnitRecord): Promise<void> {
  await makeFolder(folder);
  const written = weights && (await writeSafetensors(weightsFile(folder, unit), { tensors: weights }));
  await durableWrite(recordFile(folder, unit), sealJson({ format: 'kd-unit', version: 1, unit, fingerprint, record, ...(written ? { weights: written } : {}) }));
}

/** What a unit made with the same inputs; undefined when there is none, or when a byte of it has changed. */
export async function readUnit(folder: string, unit: string, fingerprint: string, warn: (message: string) => void): Promise<UnitRecord | undefined> {
  const file = recordFile(folder, unit);
  if (!existsSync(file)) return undefined;
  try {
    const saved = schema.parse(openSealedJson(readWhole(file, 'Record', largest), file, next));
    if (saved.fingerprint !== fingerprint || saved.unit !== unit) return undefined;
    const record = saved.record as Plain;
    return saved.weights ? { record, weights: readWeights(weightsFile(folder, unit), saved.weights) } : { record };
  } catch (error) {
    warn(`${file} cannot be used (${error instanceof KdError ? error.message : 'it is not a record of a unit'})`);
    return undefined;
  }
}

function readWeights(path: string, written: { bytes: number; sha256: string }): Record<string, TensorData> {
  const opened = openSafetensors(path, { keepInMemoryBelow: written.bytes, expect: { ...written, next } });
  try {
    return Object.fromEntries([...opened.tensors.keys()].map((name) => [name, opened.read(name) as TensorData]));
  } finally {
    opened.close();
  }
}

/** Units are called `distill`, `distill/baseline`, `train-teachers/<id>`; a teacher's id may be any text. */
export function unitFileName(unit: string): string {
  const [stage, ...rest] = unit.split('/') as [string, ...string[]];
  return rest.length === 0 ? stage : `${stage}-${fileNameOf(rest.join('/'))}`;
}

function recordFile(folder: string, unit: string): string {
  return join(folder, `${unitFileName(unit)}.json`);
}

function weightsFile(folder: string, unit: string): string {
  return join(folder, `${unitFileName(unit)}.safetensors`);
}

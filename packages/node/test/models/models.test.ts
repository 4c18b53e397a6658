import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { loadGraphModel } from '../../src/models/load-graph-model.ts';
import { loadLayersModel } from '../../src/models/load-layers-model.ts';
import { saveLayersModel } from '../../src/models/save-layers-model.ts';
import { encodeFloat16 } from '../../src/safetensors/float16.ts';
import { expectKdError } from '../expect-kd-error.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { answer, changedCopy, smallModel, withSavedModel, type ModelJson } from './small-model.ts';

const saved = withSavedModel();

describe('a layers model', () => {
  it('comes back as it was saved, with the same hash, and leaks no tensor', async () => {
    const before = tf.memory().numTensors;
    const { model, hash, weightsHash } = await loadLayersModel(join(saved.folder, 'model.json'));
    expect(answer(model)).toEqual(saved.answers);
    expect(hash).toBe(saved.hash);
    expect(weightsHash).toMatch(/^[0-9a-f]{64}$/);
    expect(tf.memory().numTensors - before).toBe(model.weights.length);
    const again = await saveLayersModel(model, temporaryFolder());
    expect(again.weightsHash).toBe(weightsHash);
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('is read by TensorFlow.js itself, over HTTP as in a browser', async () => {
    const server = createServer((request, response) => response.end(readFileSync(join(saved.folder, request.url!)))).listen(0);
    try {
      const model = await layers.loadLayersModel(`http://localhost:${(server.address() as AddressInfo).port}/model.json`);
      expect(answer(model)).toEqual(saved.answers);
      expect(model.getUserDefinedMetadata()).toMatchObject({ kd: { run: 'a' } });
    } finally {
      server.close();
    }
  });

  it('has another hash with another weight, or another description', async () => {
    const other = smallModel();
    const { hash, weightsHash } = await saveLayersModel(other, temporaryFolder());
    expect(hash).not.toBe(saved.hash);
    const file = changedCopy(saved, (json) => {
      delete json.userDefinedMetadata;
      json.modelTopology = JSON.parse(JSON.stringify(json.modelTopology).replace('"relu"', '"elu"')) as Record<string, unknown>;
    });
    const loaded = await loadLayersModel(file);
    expect(loaded.hash).not.toBe(saved.hash);
    expect(loaded.weightsHash).not.toBe(weightsHash);
  });

  it('may be quantised, in several files, and in folders below', async () => {
    const file = changedCopy(saved, (json, folder) => {
      delete json.userDefinedMetadata;
      const bytes = readFileSync(join(folder, 'weights.bin'));
      const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
      const half = new Uint8Array(encodeFloat16(values).buffer);
      mkdirSync(join(folder, 'shards'));
      writeFileSync(join(folder, 'shards', 'group1-shard1of2.bin'), half.subarray(0, 7));
      writeFileSync(join(folder, 'shards', 'group1-shard2of2.bin'), half.subarray(7));
      json.weightsManifest[0]!.paths = ['shards/group1-shard1of2.bin', 'shards/group1-shard2of2.bin'];
      for (const weight of json.weightsManifest[0]!.weights) weight.quantization = { dtype: 'float16' };
    });
    const { model } = await loadLayersModel(file);
    answer(model).forEach((value, i) => expect(value).toBeCloseTo(saved.answers[i]!, 2));
  });

  it('that is quantised in bytes has another hash with another scale', async () => {
    const scaled = async (scale: number): Promise<string> => {
      const { model, weightsHash } = await loadLayersModel(changedCopy(saved, (json, folder) => {
        delete json.userDefinedMetadata;
        const bytes = readFileSync(join(folder, 'weights.bin'));
        writeFileSync(join(folder, 'weights.bin'), Uint8Array.from({ length: bytes.length / 4 }, (_, i) => i));
        for (const weight of json.weightsManifest[0]!.weights) weight.quantization = { dtype: 'uint8', scale, min: -1 };
      }));
      model.dispose();
      return weightsHash;
    };
    expect(await scaled(0.1)).toBe(await scaled(0.1));
    expect(await scaled(0.2)).not.toBe(await scaled(0.1));
  });

  it('is never saved with weights that are no numbers', async () => {
    const model = smallModel();
    model.layers[1]!.setWeights([tf.fill([4, 3], Number.NaN), tf.zeros([3])]);
    const folder = join(temporaryFolder(), 'new');
    const error = await expectKdError('KD_MODEL_INVALID', () => saveLayersModel(model, folder));
    expect(error.message).toContain("weight 'hidden/kernel' holds NaN");
    expect(() => readFileSync(folder)).toThrow('ENOENT');
  });

  it('names a missing model, and one that is no model', async () => {
    await expectKdError('KD_FILE_MISSING', () => loadLayersModel('/nowhere/model.json'));
    const folder = temporaryFolder();
    for (const content of ['', '{', '[]', '{}', '{"modelTopology":{}}', '<html></html>', '{"modelTopology":{"__proto__":{"x":1}},"weightsManifest":[]}', `{"a":${'['.repeat(1e5)}${']'.repeat(1e5)}}`]) {
      writeFileSync(join(folder, 'model.json'), content);
      await expectKdError('KD_FILE_INVALID', () => loadLayersModel(join(folder, 'model.json')));
    }
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });
});

describe('a graph model', () => {
  // y = x · w, as the converter writes it.
  const tensorShape = (...sizes: number[]): object => ({ shape: { dim: sizes.map((size) => ({ size: String(size) })) } });
  const graph = (): { folder: string; file: string; json: ModelJson } => {
    const folder = temporaryFolder();
    const float = { type: 'DT_FLOAT' };
    const json: ModelJson = {
      format: 'graph-model',
      modelTopology: {
        node: [
          { name: 'x', op: 'Placeholder', attr: { dtype: float, shape: tensorShape(-1, 4) } },
          { name: 'w', op: 'Const', attr: { dtype: float, value: { tensor: { dtype: 'DT_FLOAT', tensorShape: { dim: [{ size: '4' }, { size: '2' }] } } } } },
          { name: 'y', op: 'MatMul', input: ['x', 'w'], attr: { T: float, transpose_a: { b: false }, transpose_b: { b: false } } },
        ],
        versions: { producer: 1 },
      },
      signature: { inputs: { x: { name: 'x:0', dtype: 'DT_FLOAT', tensorShape: { dim: [{ size: '-1' }, { size: '4' }] } } }, outputs: { y: { name: 'y:0', dtype: 'DT_FLOAT', tensorShape: { dim: [{ size: '-1' }, { size: '2' }] } } } },
      weightsManifest: [{ paths: ['group1-shard1of1.bin'], weights: [{ name: 'w', shape: [4, 2], dtype: 'float32' }] }],
    };
    writeFileSync(join(folder, 'group1-shard1of1.bin'), new Uint8Array(new Float32Array([1, 0, 0, 1, 2, 0, 0, 3]).buffer));
    writeFileSync(join(folder, 'model.json'), JSON.stringify(json));
    return { folder, file: join(folder, 'model.json'), json };
  };

  it('answers, and has a hash', async () => {
    const { file } = graph();
    const { model, hash } = await loadGraphModel(file);
    expect(answer(model)).toEqual([2, 7]);
    expect((await loadGraphModel(file)).hash).toBe(hash);
  });

  it('may hold text, which is checked against its file', async () => {
    const { folder, file, json } = graph();
    const text = Buffer.from([2, 0, 0, 0, 104, 105]);
    json.weightsManifest[0]!.weights.push({ name: 'names', shape: [1], dtype: 'string' });
    writeFileSync(file, JSON.stringify(json));
    const weights = readFileSync(join(folder, 'group1-shard1of1.bin'));
    writeFileSync(join(folder, 'group1-shard1of1.bin'), Buffer.concat([weights, text]));
    expect(answer((await loadGraphModel(file)).model)).toEqual([2, 7]);
    for (const bad of [Buffer.from([255, 255, 255, 255, 104]), text.subarray(0, 5), text.subarray(0, 3)]) {
      writeFileSync(join(folder, 'group1-shard1of1.bin'), Buffer.concat([weights, bad]));
      await expectKdError('KD_MODEL_INVALID', () => loadGraphModel(file));
    }
    writeFileSync(join(folder, 'group1-shard1of1.bin'), Buffer.concat([weights, text, text]));
    await expectKdError('KD_FILE_TRUNCATED', () => loadGraphModel(file));
  });

  it('that normalises channels which are not last is refused: TensorFlow.js would read them as the last', async () => {
    for (const [format, refused] of [['NCHW', true], ['NHWC', false]] as const) {
      const { file, json } = graph();
      const node = { name: 'norm', op: 'FusedBatchNormV3', input: ['y'], attr: { data_format: { s: Buffer.from(format).toString('base64') } } };
      writeFileSync(file, JSON.stringify({ ...json, modelTopology: { ...json.modelTopology, library: { function: [{ nodeDef: [node] }] } } }));
      const loaded = loadGraphModel(file).then(() => undefined, (error: unknown) => String(error));
      if (refused) expect(await loaded).toMatch(/'norm' normalises channels that are not last/);
      else expect(await loaded ?? '').not.toContain('not last');
    }
  });

  it('is not mistaken for a layers model, nor the other way round', async () => {
    expect((await expectKdError('KD_MODEL_INVALID', () => loadLayersModel(graph().file))).message).toContain('loadGraphModel');
    expect((await expectKdError('KD_MODEL_INVALID', () => loadGraphModel(join(saved.folder, 'model.json')))).message).toContain('loadLayersModel');
  });
});

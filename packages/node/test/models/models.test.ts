import { execFileSync } from 'node:child_process';
import { cpSync, linkSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadGraphModel } from '../../src/models/load-graph-model.ts';
import { loadLayersModel } from '../../src/models/load-layers-model.ts';
import { saveLayersModel } from '../../src/models/save-layers-model.ts';
import { encodeFloat16 } from '../../src/safetensors/float16.ts';
import { expectKdError } from '../expect-kd-error.ts';
import { temporaryFolder } from '../temporary-folder.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

function smallModel(): layers.LayersModel {
  const input = layers.input({ shape: [4], name: 'x' });
  const hidden = layers.layers.dense({ units: 3, activation: 'relu', name: 'hidden' }).apply(input);
  const normal = layers.layers.batchNormalization({ name: 'norm' }).apply(hidden);
  return layers.model({ inputs: input, outputs: layers.layers.dense({ units: 2, name: 'logits' }).apply(normal) as layers.SymbolicTensor });
}

function answer(model: { predict(x: tf.Tensor): tf.Tensor | tf.Tensor[] | tf.NamedTensorMap }): number[] {
  return tf.tidy(() => Array.from((model.predict(tf.tensor2d([[1, -2, 0.5, 3]])) as tf.Tensor).dataSync()));
}

let saved: string;
let expected: number[];
let savedHash: string;
beforeAll(async () => {
  saved = mkdtempSync(join(tmpdir(), 'kd-test-'));
  const model = smallModel();
  expected = answer(model);
  savedHash = (await saveLayersModel(model, saved, { run: 'a' })).hash;
  model.dispose();
});
afterAll(() => rmSync(saved, { recursive: true }));

/** A copy of the saved model, changed. */
function changed(change: (json: ModelJson, folder: string) => void): string {
  const folder = temporaryFolder();
  cpSync(saved, folder, { recursive: true });
  const file = join(folder, 'model.json');
  const json = JSON.parse(readFileSync(file, 'utf8')) as ModelJson;
  change(json, folder);
  writeFileSync(file, JSON.stringify(json));
  return file;
}

interface ModelJson {
  format?: string;
  modelTopology: Record<string, unknown>;
  weightsManifest: { paths: string[]; weights: { name: string; shape: unknown; dtype: string; quantization?: unknown }[] }[];
  userDefinedMetadata?: unknown;
  [key: string]: unknown;
}

describe('a layers model', () => {
  it('comes back as it was saved, with the same hash, and leaks no tensor', async () => {
    const before = tf.memory().numTensors;
    const { model, hash, weightsHash } = await loadLayersModel(join(saved, 'model.json'));
    expect(answer(model)).toEqual(expected);
    expect(hash).toBe(savedHash);
    expect(weightsHash).toMatch(/^[0-9a-f]{64}$/);
    expect(tf.memory().numTensors - before).toBe(model.weights.length);
    const again = await saveLayersModel(model, temporaryFolder());
    expect(again.weightsHash).toBe(weightsHash);
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('is read by TensorFlow.js itself, over HTTP as in a browser', async () => {
    const server = createServer((request, response) => response.end(readFileSync(join(saved, request.url!)))).listen(0);
    try {
      const model = await layers.loadLayersModel(`http://localhost:${(server.address() as AddressInfo).port}/model.json`);
      expect(answer(model)).toEqual(expected);
      expect(model.getUserDefinedMetadata()).toMatchObject({ kd: { run: 'a' } });
    } finally {
      server.close();
    }
  });

  it('has another hash with another weight, or another description', async () => {
    const other = smallModel();
    const { hash, weightsHash } = await saveLayersModel(other, temporaryFolder());
    expect(hash).not.toBe(savedHash);
    const file = changed((json) => {
      delete json.userDefinedMetadata;
      json.modelTopology = JSON.parse(JSON.stringify(json.modelTopology).replace('"relu"', '"elu"')) as Record<string, unknown>;
    });
    const loaded = await loadLayersModel(file);
    expect(loaded.hash).not.toBe(savedHash);
    expect(loaded.weightsHash).not.toBe(weightsHash);
  });

  it('may be quantised, in several files, and in folders below', async () => {
    const file = changed((json, folder) => {
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
    answer(model).forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 2));
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

describe('weight files', () => {
  const withPath = (path: string): string => changed((json) => (json.weightsManifest[0]!.paths = [path]));

  it.each(['../weights.bin', 'a/../../weights.bin', '/etc/passwd', '..\\weights.bin', 'C:weights.bin', 'C:\\w.bin', '%2e%2e/weights.bin', 'weights.bin\0', 'http://localhost/w.bin', 'file:///etc/passwd', '@evil.example/w', '//host/w.bin', './weights.bin', '', 'a//b', `${'a/'.repeat(20)}b`, 'x'.repeat(2000)])(
    'are not looked for at %j', async (path) => {
      await expectKdError('KD_FILE_UNSAFE', () => loadLayersModel(withPath(path)));
    });

  it('are no links, pipes or folders, and lie behind no link', async () => {
    const kinds: Record<string, (folder: string) => void> = {
      KD_FILE_UNSAFE: (folder) => {
        renameSync(join(folder, 'weights.bin'), join(folder, 'other.bin'));
        symlinkSync(join(folder, 'other.bin'), join(folder, 'weights.bin'));
      },
      KD_FILE_UNREADABLE: (folder) => {
        renameSync(join(folder, 'weights.bin'), join(folder, 'other.bin'));
        execFileSync('mkfifo', [join(folder, 'weights.bin')]);
      },
      KD_FILE_MISSING: (folder) => renameSync(join(folder, 'weights.bin'), join(folder, 'other.bin')),
    };
    for (const [code, change] of Object.entries(kinds)) await expectKdError(code as 'KD_FILE_UNSAFE', () => loadLayersModel(changed((_, folder) => change(folder))));
    const behind = changed((json, folder) => {
      symlinkSync(saved, join(folder, 'linked'));
      json.weightsManifest[0]!.paths = ['linked/weights.bin'];
    });
    await expectKdError('KD_FILE_UNSAFE', () => loadLayersModel(behind));
    await expectKdError('KD_FILE_UNREADABLE', () => loadLayersModel(changed((json, folder) => {
      mkdirSync(join(folder, 'folder'));
      json.weightsManifest[0]!.paths = ['folder'];
    })));
  });

  it('may be hard links, as package managers make them, and the model may be named through a link', async () => {
    const file = changed((_, folder) => linkSync(join(folder, 'weights.bin'), join(folder, 'second')));
    const link = join(temporaryFolder(), 'model.json');
    symlinkSync(file, link);
    expect((await loadLayersModel(link)).hash).toBe(savedHash);
  });

  it('are exactly as long as they should be', async () => {
    const length = readFileSync(join(saved, 'weights.bin')).length;
    for (let cut = 0; cut < length; cut += 3) await expectKdError('KD_FILE_TRUNCATED', () => loadLayersModel(changed((_, folder) => truncateSync(join(folder, 'weights.bin'), cut))));
    const error = await expectKdError('KD_FILE_TRUNCATED', () => loadLayersModel(changed((_, folder) => truncateSync(join(folder, 'weights.bin'), length + 1))));
    expect(error.details).toMatchObject({ expected: length, received: length + 1 });
    await expectKdError('KD_FILE_TOO_LARGE', () => loadLayersModel(join(saved, 'model.json'), { mostBytes: length - 1 }));
  });

  it('are the ones that the model was saved with, to the last bit', async () => {
    const bytes = readFileSync(join(saved, 'weights.bin'));
    for (let bit = 0; bit < bytes.length * 8; bit += 7) {
      const file = changed((_, folder) => {
        const flipped = Uint8Array.from(bytes);
        flipped[bit >> 3]! ^= 1 << (bit & 7);
        writeFileSync(join(folder, 'weights.bin'), flipped);
      });
      await expect(loadLayersModel(file)).rejects.toThrow(/not those that it was saved with|holds (NaN|-?Infinity)/);
    }
  });
});

describe('the weights manifest', () => {
  const first = (change: object): string => changed((json) => Object.assign(json.weightsManifest[0]!.weights[0]!, change));

  it.each<[string, object]>([
    ['a huge shape', { shape: [2 ** 60] }], ['a negative shape', { shape: [-4, -3] }], ['a fractional shape', { shape: [0.5, 24] }],
    ['a shape of text', { shape: ['4', '3'] }], ['no shape', { shape: null }], ['an unknown type', { dtype: 'float128' }],
    ['a complex type', { dtype: 'complex64' }], ['an empty name', { name: '' }], ['a name of a megabyte', { name: 'x'.repeat(1e6) }],
    ['a quantisation without scale', { quantization: { dtype: 'uint8', min: 0 } }], ['a scale of null', { quantization: { dtype: 'uint8', scale: null, min: 0 } }],
    ['an unknown quantisation', { quantization: { dtype: 'int4' } }],
  ])('is refused for %s', async (_, change) => {
    await expectKdError('KD_FILE_INVALID', () => loadLayersModel(first(change)));
  });

  it('is refused when a shape is far larger than the file, before memory is taken', async () => {
    await expectKdError('KD_FILE_TRUNCATED', () => loadLayersModel(first({ shape: [2 ** 25, 2 ** 27] })));
    await expectKdError('KD_FILE_TRUNCATED', () => loadLayersModel(first({ shape: [2 ** 50, 2 ** 50] })));
  });

  it.each(['hidden/bias', 'constructor', 'toString'])("is refused when a weight is called '%s'", async (name) => {
    await expectKdError('KD_MODEL_INVALID', () => loadLayersModel(first({ name })));
  });

  it('is refused when it lacks a weight, has one too many, or another shape', async () => {
    await expectKdError('KD_MODEL_INVALID', () => loadLayersModel(changed((json) => {
      delete json.userDefinedMetadata;
      json.weightsManifest[0]!.weights[0]!.name = 'hidden/colonel';
    })));
    await expectKdError('KD_MODEL_INVALID', () => loadLayersModel(changed((json) => {
      delete json.userDefinedMetadata;
      json.weightsManifest[0]!.weights[0]!.shape = [3, 4];
    })));
    await expectKdError('KD_FILE_INVALID', () => loadLayersModel(changed((json) => (json.weightsManifest[0]!.paths = Array.from({ length: 100_000 }, () => 'weights.bin')))));
  });
});

describe('the description', () => {
  const replaced = (from: string, to: string): string => changed((json) => {
    delete json.userDefinedMetadata; // from elsewhere: it does not say which layers it was saved with
    json.modelTopology = JSON.parse(JSON.stringify(json.modelTopology).replace(from, to)) as Record<string, unknown>;
  });

  it.each(['Lambda', 'dense', 'constructor', 'toString'])("is refused for the class '%s'", async (name) => {
    const error = await expectKdError('KD_MODEL_CLASS_UNKNOWN', () => loadLayersModel(replaced('"class_name":"Dense"', `"class_name":"${name}"`)));
    expect(error.details).toMatchObject({ className: name });
    if (name === 'dense') expect(error.message).toContain('known: Dense,');
  });

  it('is refused for other layers than those that kd saved', async () => {
    const error = await expectKdError('KD_FILE_DAMAGED', () => loadLayersModel(changed((json) => {
      json.modelTopology = JSON.parse(JSON.stringify(json.modelTopology).replace('"activation":"relu"', '"activation":"tanh"')) as Record<string, unknown>;
    })));
    expect(error.message).toContain('its layers are not those that it was saved with');
  });

  it('is refused for layers larger than their weights, and for what TensorFlow.js cannot build', async () => {
    await expectKdError('KD_MODEL_INVALID', () => loadLayersModel(replaced('"units":3', '"units":1000000000')));
    await expectKdError('KD_MODEL_INVALID', () => loadLayersModel(replaced('"units":3', '"units":5')));
    await expectKdError('KD_MODEL_INVALID', () => loadLayersModel(replaced('"activation":"relu"', '"activation":"rely"')));
    await expectKdError('KD_MODEL_INVALID', () => loadLayersModel(replaced('"config":{', '"konfig":{')));
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

  it('is not mistaken for a layers model, nor the other way round', async () => {
    expect((await expectKdError('KD_MODEL_INVALID', () => loadLayersModel(graph().file))).message).toContain('loadGraphModel');
    expect((await expectKdError('KD_MODEL_INVALID', () => loadGraphModel(join(saved, 'model.json')))).message).toContain('loadLayersModel');
  });
});

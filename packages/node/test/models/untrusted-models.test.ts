import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, readFileSync, renameSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
import { describe, expect, it } from 'vitest';
import { loadLayersModel } from '../../src/models/load-layers-model.ts';
import { encodeFloat16 } from '../../src/safetensors/float16.ts';
import { expectKdError } from '../expect-kd-error.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { changedCopy, withSavedModel } from './small-model.ts';

const saved = withSavedModel();

describe('weight files', () => {
  const withPath = (path: string): string => changedCopy(saved, (json) => (json.weightsManifest[0]!.paths = [path]));

  it.each(['../weights.bin', 'a/../../weights.bin', '/etc/passwd', '..\\weights.bin', 'C:weights.bin', 'C:\\w.bin', '%2e%2e/weights.bin', 'weights.bin\0', 'http://localhost/w.bin', 'file:///etc/passwd', '@evil.example/w', '//host/w.bin', '././weights.bin', './', '.', './/etc/passwd', './../weights.bin', 'a/./b', '', 'a//b', `${'a/'.repeat(20)}b`, 'x'.repeat(2000)])(
    'are not looked for at %j', async (path) => {
      await expectKdError('KD_FILE_UNSAFE', () => loadLayersModel(withPath(path)));
    });

  it('are found as a browser has saved them', async () => {
    await expect(loadLayersModel(withPath('./weights.bin'))).resolves.toMatchObject({ model: { layers: expect.anything() as unknown } });
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
    for (const [code, change] of Object.entries(kinds)) await expectKdError(code as 'KD_FILE_UNSAFE', () => loadLayersModel(changedCopy(saved, (_, folder) => change(folder))));
    const behind = changedCopy(saved, (json, folder) => {
      symlinkSync(saved.folder, join(folder, 'linked'));
      json.weightsManifest[0]!.paths = ['linked/weights.bin'];
    });
    await expectKdError('KD_FILE_UNSAFE', () => loadLayersModel(behind));
    await expectKdError('KD_FILE_UNREADABLE', () => loadLayersModel(changedCopy(saved, (json, folder) => {
      mkdirSync(join(folder, 'folder'));
      json.weightsManifest[0]!.paths = ['folder'];
    })));
  });

  it('may be hard links, as package managers make them, and the model may be named through a link', async () => {
    const file = changedCopy(saved, (_, folder) => linkSync(join(folder, 'weights.bin'), join(folder, 'second')));
    const link = join(temporaryFolder(), 'model.json');
    symlinkSync(file, link);
    expect((await loadLayersModel(link)).hash).toBe(saved.hash);
  });

  it('are exactly as long as they should be', async () => {
    const length = readFileSync(join(saved.folder, 'weights.bin')).length;
    for (let cut = 0; cut < length; cut += 3) await expectKdError('KD_FILE_TRUNCATED', () => loadLayersModel(changedCopy(saved, (_, folder) => truncateSync(join(folder, 'weights.bin'), cut))));
    const error = await expectKdError('KD_FILE_TRUNCATED', () => loadLayersModel(changedCopy(saved, (_, folder) => truncateSync(join(folder, 'weights.bin'), length + 1))));
    expect(error.details).toMatchObject({ expected: length, received: length + 1 });
    await expectKdError('KD_FILE_TOO_LARGE', () => loadLayersModel(join(saved.folder, 'model.json'), { mostBytes: length - 1 }));
  });

  it('are finite numbers, however they are stored', async () => {
    const withNumber = (value: number, quantised: boolean): string => changedCopy(saved, (json, folder) => {
      delete json.userDefinedMetadata;
      const bytes = readFileSync(join(folder, 'weights.bin'));
      const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
      values[5] = value;
      writeFileSync(join(folder, 'weights.bin'), new Uint8Array(quantised ? encodeFloat16(values).buffer : values.buffer));
      if (quantised) for (const weight of json.weightsManifest[0]!.weights) weight.quantization = { dtype: 'float16' };
    });
    for (const quantised of [false, true]) {
      for (const value of [Number.NaN, Infinity, -Infinity]) {
        const { message } = await expectKdError('KD_MODEL_INVALID', () => loadLayersModel(withNumber(value, quantised)));
        expect(message).toContain(`weight 'hidden/kernel' holds ${value} at position 5`);
      }
      await expect(loadLayersModel(withNumber(-3, quantised))).resolves.toBeDefined();
    }
  });

  it('may lie in groups of files, which together are no larger than allowed', async () => {
    const bytes = readFileSync(join(saved.folder, 'weights.bin'));
    const grouped = (): string => changedCopy(saved, (json, folder) => {
      const [first, ...rest] = json.weightsManifest[0]!.weights;
      const size = 4 * (first!.shape as number[]).reduce((product, length) => product * length, 1);
      writeFileSync(join(folder, 'first.bin'), bytes.subarray(0, size));
      writeFileSync(join(folder, 'rest.bin'), bytes.subarray(size));
      json.weightsManifest = [{ paths: ['first.bin'], weights: [first!] }, { paths: ['rest.bin'], weights: rest }];
    });
    expect((await loadLayersModel(grouped(), { mostBytes: bytes.length })).hash).toBe(saved.hash);
    await expectKdError('KD_FILE_TOO_LARGE', () => loadLayersModel(grouped(), { mostBytes: bytes.length - 1 }));
  });

  it('are numbers, not text', async () => {
    const { message } = await expectKdError('KD_MODEL_INVALID', () => loadLayersModel(changedCopy(saved, (json, folder) => {
      json.weightsManifest[0]!.weights.push({ name: 'names', shape: [1], dtype: 'string' });
      writeFileSync(join(folder, 'weights.bin'), Buffer.concat([readFileSync(join(folder, 'weights.bin')), Buffer.from([2, 0, 0, 0, 104, 105])]));
      delete json.userDefinedMetadata;
    })));
    expect(message).toContain("weight 'names' is text");
  });

  it('are the ones that the model was saved with, to the last bit', async () => {
    const bytes = readFileSync(join(saved.folder, 'weights.bin'));
    for (let bit = 0; bit < bytes.length * 8; bit += 7) {
      const file = changedCopy(saved, (_, folder) => {
        const flipped = Uint8Array.from(bytes);
        flipped[bit >> 3]! ^= 1 << (bit & 7);
        writeFileSync(join(folder, 'weights.bin'), flipped);
      });
      await expect(loadLayersModel(file)).rejects.toThrow(/not those that it was saved with|holds (NaN|-?Infinity)/);
    }
  });
});

describe('the weights manifest', () => {
  const first = (change: object): string => changedCopy(saved, (json) => Object.assign(json.weightsManifest[0]!.weights[0]!, change));

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
    await expectKdError('KD_MODEL_INVALID', () => loadLayersModel(changedCopy(saved, (json) => {
      delete json.userDefinedMetadata;
      json.weightsManifest[0]!.weights[0]!.name = 'hidden/colonel';
    })));
    await expectKdError('KD_MODEL_INVALID', () => loadLayersModel(changedCopy(saved, (json) => {
      delete json.userDefinedMetadata;
      json.weightsManifest[0]!.weights[0]!.shape = [3, 4];
    })));
    await expectKdError('KD_FILE_INVALID', () => loadLayersModel(changedCopy(saved, (json) => (json.weightsManifest[0]!.paths = Array.from({ length: 100_000 }, () => 'weights.bin')))));
  });
});

describe('the description', () => {
  const replaced = (from: string, to: string): string => changedCopy(saved, (json) => {
    delete json.userDefinedMetadata; // from elsewhere: it does not say which layers it was saved with
    json.modelTopology = JSON.parse(JSON.stringify(json.modelTopology).replace(from, to)) as Record<string, unknown>;
  });

  it.each(['Lambda', 'dense', 'constructor', 'toString'])("is refused for the class '%s'", async (name) => {
    const error = await expectKdError('KD_MODEL_CLASS_UNKNOWN', () => loadLayersModel(replaced('"class_name":"Dense"', `"class_name":"${name}"`)));
    expect(error.details).toMatchObject({ className: name });
    if (name === 'dense') expect(error.message).toContain('known: Dense,');
  });

  it('is refused for other layers than those that kd saved', async () => {
    const error = await expectKdError('KD_FILE_DAMAGED', () => loadLayersModel(changedCopy(saved, (json) => {
      json.modelTopology = JSON.parse(JSON.stringify(json.modelTopology).replace('"activation":"relu"', '"activation":"tanh"')) as Record<string, unknown>;
    })));
    expect(error.message).toContain('its layers are not those that it was saved with');
  });

  it('is refused for layers larger than their weights, and for what TensorFlow.js cannot build', async () => {
    const { message } = await expectKdError('KD_MODEL_INVALID', () => loadLayersModel(replaced('"units":3', '"units":1000000000')));
    expect(message).toContain('a layer has units = 1000000000, more than all of its weights');
    await expectKdError('KD_MODEL_INVALID', () => loadLayersModel(replaced('"units":3', '"units":5')));
    await expectKdError('KD_MODEL_INVALID', () => loadLayersModel(replaced('"activation":"relu"', '"activation":"rely"')));
    await expectKdError('KD_MODEL_INVALID', () => loadLayersModel(replaced('"config":{', '"konfig":{')));
  });
});

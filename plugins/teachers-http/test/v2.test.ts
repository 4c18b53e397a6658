import * as tf from '@tensorflow/tfjs-core';
import { startWasm } from '@kd/core';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { ask, logits, open, points, refusal, sendJson, serve, type Behaviour, type ModelServer } from './model-server.ts';

interface Sent { readonly name: string; readonly shape: number[]; readonly datatype: string; readonly data: (number | boolean)[] }

let server: ModelServer;
beforeAll(() => startWasm());
afterEach(() => server.close());

const metadata = {
  name: 'points', versions: ['7'], platform: 'test',
  inputs: [{ name: 'point', datatype: 'FP32', shape: [-1, 2] }],
  outputs: [{ name: 'logits', datatype: 'FP32', shape: [-1, 2] }, { name: 'hidden', datatype: 'FP32', shape: [-1, 1, 2] }],
};

/** A server of KServe's kind: what it says of itself, and what it answers. */
const speaking = (described: unknown, change: (outputs: Record<string, unknown>[]) => unknown = (outputs) => outputs, version: () => string = () => '7'): Behaviour => (heard, response) => {
  if (heard.method === 'GET') return sendJson(response, described);
  const [input] = heard.json.inputs as unknown as Sent[];
  const rows = input!.shape[0]!;
  const data = Array.from({ length: rows }, (_, row) => Number(input!.data[2 * row + 1])).flatMap((y) => [-9 * y, 9 * y]);
  const outputs = [{ name: 'logits', datatype: 'FP32', shape: [rows, 2], data }, { name: 'hidden', datatype: 'FP32', shape: [rows, 1, 2], data: data.map((value) => [value]) }];
  return sendJson(response, { model_name: 'points', model_version: version(), outputs: change(outputs) });
};

const start = async (behaviour: Behaviour): Promise<string> => (server = await serve(behaviour)).url.replace('/predict', '/v2/models/points');

it('a teacher that speaks v2 says what it takes, answers, and gives its outputs as features', async () => {
  const url = await start(speaking(metadata));
  for (const own of [url, `${url}/infer`]) {
    const teacher = await open({ url: own, protocol: 'v2' });
    expect([teacher.hasFeature('hidden'), teacher.hasFeature('elsewhere')]).toEqual([true, false]);
    expect(await ask(teacher, points(), ['hidden'])).toEqual({ logits, 'features/hidden': logits.map((row) => [row]) });
  }
  expect(server.heard[0]).toMatchObject({ method: 'GET', path: '/v2/models/points' });
  expect(server.heard.at(-1)).toMatchObject({ path: '/v2/models/points/infer', json: { inputs: [{ name: 'point', shape: [7, 2], datatype: 'FP32' }], outputs: [{ name: 'logits' }, { name: 'hidden' }] } });
});

it('whole numbers and truths are sent as such, and no number as another', async () => {
  const typed = (datatype: string): unknown => ({ ...metadata, inputs: [{ name: 'point', datatype, shape: [-1, 2] }] });
  let url = await start(speaking(typed('BOOL')));
  await open({ url, protocol: 'v2' });
  expect((server.heard.at(-1)!.json.inputs as unknown as Sent[])[0]!.data.slice(0, 4)).toEqual([false, true, true, true]);
  await server.close();
  for (const [datatype, bad] of [['INT64', 0.5], ['UINT8', -1], ['INT8', 128]] as const) {
    url = await start(speaking(typed(datatype)));
    await open({ url, protocol: 'v2' }, () => ({ point: tf.tensor2d([[1, 2]]) }));
    await expect(open({ url, protocol: 'v2' }, () => ({ point: tf.tensor2d([[1, bad]]) }))).rejects.toMatchObject(refusal('KD_REMOTE_SETUP', new RegExp(`whole numbers \\(${datatype}\\) for 'point', of which ${bad}`)));
    await server.close();
  }
});

it.each<readonly [string, unknown, RegExp, string]>([
  ['takes texts', { ...metadata, inputs: [{ name: 'point', datatype: 'BYTES', shape: [-1] }] }, /'point' is BYTES, expected one of FP32/, 'KD_REMOTE_ANSWER'],
  ['takes other shapes', { ...metadata, inputs: [{ name: 'point', datatype: 'FP32', shape: [-1, 3] }] }, /takes 'point' as \[3\], but the data has \[2\]/, 'KD_DATA_INPUT_SHAPE'],
  ['takes other inputs', { ...metadata, inputs: [...metadata.inputs, { name: 'other', datatype: 'FP32', shape: [-1, 2] }] }, /'other'/, 'KD_DATA_INPUT_MISSING'],
  ['has no outputs', { ...metadata, outputs: undefined }, /no lists `inputs` and `outputs`/, 'KD_REMOTE_ANSWER'],
  ['has no output that answers', { ...metadata, outputs: [{ name: 'a' }, { name: 'b' }] }, /no output 'logits'; it has a, b/, 'KD_MODEL_PART'],
])('a model that %s is refused', async (_, described, message, code) => {
  const url = await start(speaking(described));
  await expect(open({ url, protocol: 'v2' }, () => ({ point: tf.zeros([2, 2]) }))).rejects.toMatchObject(refusal(code, message));
});

it.each<readonly [string, (outputs: Record<string, unknown>[]) => unknown, RegExp]>([
  ['no outputs', () => undefined, /no list `outputs`/],
  ['an output twice', ([one]) => [one, one], /'logits' stands twice/],
  ['texts', ([one]) => [{ ...one, datatype: 'BYTES' }], /'logits' is BYTES/],
  ['fewer rows', ([one]) => [{ ...one, shape: [1, 2] }], /1 rows for 2 samples/],
  ['fewer numbers than their shape needs', ([one]) => [{ ...one, shape: [2, 2 ** 40] }], /holds 4 numbers, its shape .* needs 2199023255552/],
])('an answer with %s is not used', async (_, change, message) => {
  const url = await start(speaking(metadata, change));
  await expect(open({ url, protocol: 'v2' }, () => ({ point: tf.zeros([2, 2]) }))).rejects.toMatchObject(refusal('KD_REMOTE_ANSWER', message));
});

it('another version that answers than at the beginning stops the run, though it answers alike', async () => {
  let version = '7';
  const teacher = await open({ url: await start(speaking(metadata, undefined, () => version)), protocol: 'v2' });
  expect(await ask(teacher, points())).toEqual({ logits });
  version = '8';
  await expect(ask(teacher, points())).rejects.toMatchObject(refusal('KD_REMOTE_CHANGED', /its version is 8, expected 7/));
});

import * as tf from '@tensorflow/tfjs-core';
import { startWasm, type LabelSpace } from '@kd/core';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { HttpOptions } from '../src/index.ts';
import { answering, ask, logits, open, points, predictionsOf, refusal, sendJson, serve, type Behaviour, type ModelServer } from './model-server.ts';

let server: ModelServer;
beforeAll(() => startWasm());
afterEach(() => server.close());

const start = async (behaviour: Behaviour): Promise<string> => (server = await serve(behaviour)).url;

describe('a teacher that speaks as TensorFlow Serving', () => {
  it('answers, and its named outputs are features', async () => {
    const url = await start((heard, response) => sendJson(response, { predictions: predictionsOf(heard).map((row) => ({ logits: row, hidden: [row, row] })) }));
    const teacher = await open({ url });
    expect([teacher.hasFeature('hidden'), teacher.hasFeature('elsewhere')]).toEqual([true, false]);
    expect(teacher.manifest.inputs).toEqual(['point']);
    expect(await ask(teacher, points(), ['hidden'])).toEqual({ logits, 'features/hidden': logits.map((row) => [row, row]) });
    await teacher.close!();
    expect(server.heard.at(-1)).toMatchObject({ method: 'POST', path: '/predict', headers: { 'content-type': 'application/json', 'accept-encoding': 'identity' } });
  });

  it('asks in parts, each of some samples, and puts the answers in order', async () => {
    const url = await start((heard, response, number) => setTimeout(() => answering(heard, response, number), number % 2 ? 0 : 20));
    const teacher = await open({ url, batchSize: 2 });
    expect(await ask(teacher, points())).toEqual({ logits });
    // Five, for which the answers are known; then these five with a known one before and behind.
    expect(server.heard.map(({ json }) => json.instances!.length)).toEqual([2, 2, 1, 2, 2, 2, 1]);
  });

  it('that takes fewer samples at once than it is given is asked about half of them', async () => {
    const url = await start((heard, response, number) => (heard.json.instances!.length > 2 ? sendJson(response, { error: 'too much' }, 413) : answering(heard, response, number)));
    expect(await ask(await open({ url }), points())).toEqual({ logits });
  });

  it('hears several inputs by name, under the names that it has for them', async () => {
    const url = await start(({ json }, response) => sendJson(response, { predictions: (json.instances as { a: number[]; b: number[] }[]).map(({ a, b }) => [a[0]! - b[0]!, b[0]!]) }));
    const two = (): Record<string, tf.Tensor> => ({ left: tf.tensor2d([[5], [6]]), b: tf.tensor2d([[1], [2]]) });
    expect(await ask(await open({ url, inputs: { a: 'left', b: 'b' } }, two), two())).toEqual({ logits: [[4, 1], [4, 2]] });
    await expect(open({ url, inputs: { a: 'right' } }, two)).rejects.toMatchObject(refusal('KD_DATA_INPUT_MISSING', /'right'.*left, b/));
  });

  it('may give probabilities, or values', async () => {
    const url = await start((heard, response) => sendJson(response, { predictions: predictionsOf(heard).map(([south]) => [south! > 0 ? 1 : 0.25, south! > 0 ? 0 : 0.75]) }));
    const likely = (await ask(await open({ url, gives: 'probabilities' }), points()))['logits'] as number[][];
    expect(likely[0]!.map(Math.exp)).toEqual([expect.closeTo(0.25, 5), expect.closeTo(0.75, 5)]);
    const values: LabelSpace = { name: 'place', kind: 'values', classes: ['a', 'b'] };
    expect((await ask(await open({ url }, points, values), points()))['values']).toEqual([[0.25, 0.75], [1, 0], [0.25, 0.75], [0.25, 0.75], [1, 0]]);
  });

  it('leaves no tensor behind', async () => {
    const teacher = await open({ url: await start(answering) });
    const inputs = points();
    const before = tf.memory().numTensors;
    tf.dispose(await teacher.signals(inputs, []));
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose(inputs);
  });

  it.each<readonly [string, Partial<HttpOptions>, unknown, string, RegExp]>([
    ['lacks the output', { output: 'answer' }, [{ logits: [1], hidden: [2] }], 'KD_MODEL_PART', /no output 'answer'; it has logits, hidden/],
    ['has two outputs, of which none is called logits', {}, [{ a: [1], b: [2] }], 'KD_MODEL_PART', /no output 'logits'; it has a, b/],
  ])('that %s is refused', async (_, options, predictions, code, message) => {
    const url = await start((__, response) => sendJson(response, { predictions }));
    await expect(open({ url, ...options }, () => ({ x: tf.zeros([1, 2]) }))).rejects.toMatchObject(refusal(code, message));
  });

  it('has the same hash wherever it answers, and another where its answers, its version or what is asked of it are others', async () => {
    const hashOf = async (options: Partial<HttpOptions> = {}, slope = 9, version?: string): Promise<string> => {
      const url = await start((heard, response) => {
        if (heard.method === 'POST') return sendJson(response, { predictions: predictionsOf(heard, slope) });
        return sendJson(response, { model_version_status: [{ version, state: 'AVAILABLE' }, { version: '1', state: 'END' }] });
      });
      const teacher = await open({ url: version ? url.replace('/predict', '/v1/models/points:predict') : url, ...options });
      await server.close();
      return teacher.manifest.hash;
    };
    const hash = await hashOf();
    expect(await hashOf({ batchSize: 3, retries: 2 })).toBe(hash);
    // What rounding changes is no other model.
    expect(await hashOf({}, 9.000001)).toBe(hash);
    const others = [await hashOf({}, 9.1), await hashOf({ gives: 'log-probabilities' }), await hashOf({}, 9, '7'), await hashOf({}, 9, '8')];
    expect(new Set([hash, ...others]).size).toBe(5);
    await start(answering);
  });

  it('has its address and its headers checked before anything is sent', async () => {
    const url = await start(answering);
    process.env['KD_TEST_BROKEN'] = 'abc\ndef';
    const cases: readonly (readonly [Partial<HttpOptions>, RegExp])[] = [
      [{ url: 'models/cats' }, /no address/], [{ url: 'ftp://127.0.0.1/x' }, /begins with ftp:/], [{ url: 'http://name:hunter2@127.0.0.1/x' }, /holds a name or a password/],
      [{ url: 'http://192.0.2.7/x' }, /another machine \(192\.0\.2\.7\)/], [{ url: 'http://models.example.org/x' }, /another machine \(models\.example\.org\)/],
      [{ url: { env: 'KD_TEST_NOT_SET' } }, /KD_TEST_NOT_SET, for `url`, is not set/], [{ headers: { key: { env: 'KD_TEST_NOT_SET' } } }, /KD_TEST_NOT_SET, for the header key, is not set/],
      [{ headers: { key: { env: 'KD_TEST_BROKEN' } } }, /the header "key" holds what no header may hold/],
    ];
    for (const [options, message] of cases) {
      const refused = await open({ url, ...options }).catch((error: unknown) => error);
      expect(refused).toMatchObject(refusal('KD_REMOTE_SETUP', message));
      expect(String(refused)).not.toMatch(/hunter2|abc|def/);
    }
    expect(server.heard).toEqual([]);
  });
});

import { createServer, type AddressInfo, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { startWasm } from '@kd/core';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { HttpOptions } from '../src/index.ts';
import { answering, ask, logits, open, points, refusal, sendJson, serve, type Behaviour, type ModelServer } from './model-server.ts';

let server: ModelServer;
beforeAll(() => startWasm());
afterEach(() => server.close());

const start = async (behaviour: Behaviour): Promise<string> => (server = await serve(behaviour)).url;
/** Behaves so for the requests with these numbers, and well for all others. */
const only = (numbers: readonly number[], behaviour: Behaviour): Behaviour => (heard, response, number) => (numbers.includes(number) ? behaviour : answering)(heard, response, number);

describe('a server that fails for a while (H1)', () => {
  it.each<readonly [string, Behaviour]>([
    ['429 with Retry-After', (_, response) => sendJson(response, {}, 429, { 'retry-after': '1' })],
    ['429 without', (_, response) => sendJson(response, {}, 429)],
    ...[500, 502, 503, 504].map((status) => [`${status}`, (_, response) => sendJson(response, 'oops', status)] as const satisfies readonly [string, Behaviour]),
    ['a reset before the answer', (_, response) => response.socket!.destroy()],
    ['a page instead of an answer', (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>')],
  ])('with %s is asked again', async (_, fault) => {
    const teacher = await open({ url: await start(only([1, 2], fault)), retries: 2 });
    expect(await ask(teacher, points())).toEqual({ logits });
    expect(server.heard).toHaveLength(4);
  });

  it('and does not stop failing is told, with what it says, once the tries are used up', async () => {
    const url = await start((_, response) => sendJson(response, { error: 'warming up\nstill' }, 503));
    await expect(open({ url, retries: 2 })).rejects.toMatchObject(refusal('KD_REMOTE_AWAY', /'far' gives no answer at http:\/\/127.*tried 3 times.*status 503: \{"error":"warming up\\nstill"\}/));
    expect(server.heard).toHaveLength(3);
  });
});

describe('a server that refuses (H2)', () => {
  it.each([[400, /\[2\] is no shape.*takes what it is given/], [401, /status 401\. Check the `headers`/], [403, /`headers`/], [404, /`url` and `protocol`/], [413, /batchSize/], [422, /takes what it is given/]] as const)('with %i is not asked again', async (status, message) => {
    const url = await start((_, response) => sendJson(response, { error: '[2] is no shape' }, status));
    await expect(open({ url, retries: 3, batchSize: 1, concurrency: 1 })).rejects.toMatchObject(refusal('KD_REMOTE_REFUSED', message));
    expect(server.heard).toHaveLength(1);
  });
});

describe('a connection that fails (H3)', () => {
  const breaking: readonly (readonly [string, Behaviour, RegExp])[] = [
    ['is reset after the headers', (_, response) => response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' }).write('{', () => response.socket!.destroy()), /aborted/],
    ['is reset in a chunk', (_, response) => response.writeHead(200, { 'content-type': 'application/json' }).write('{"predictions"', () => response.socket!.destroy()), /aborted/],
    ['never answers', () => {}, /no whole answer came within 0.2 s/],
    ['ends after the headers of a failure', (_, response) => response.writeHead(503, { 'content-length': '100' }).write('{', () => response.socket!.destroy()), /status 503/],
    ['sends a byte now and then', (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const drip = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(drip));
    }, /no whole answer came within 0.2 s/],
  ];
  it.each(breaking)('that %s is no answer', async (_, behaviour, message) => {
    await expect(open({ url: await start(behaviour), timeout: 0.2 })).rejects.toMatchObject(refusal('KD_REMOTE_AWAY', message));
  });

  it('for nobody listens, the name is unknown, or the server speaks no TLS or no HTTP, is told', async () => {
    const url = await start(answering);
    const raw = createServer((socket: Socket) => void socket.on('error', () => {}).end('220 hello, this is another protocol\r\n'));
    await new Promise<void>((resolve) => raw.listen(0, '127.0.0.1', resolve));
    const cases: readonly (readonly [string, RegExp])[] = [
      ['https://nowhere.invalid/x', /ENOTFOUND|EAI_AGAIN/], [url.replace('http:', 'https:'), /SSL|TLS|wrong version|EPROTO/i], [`http://127.0.0.1:${(raw.address() as AddressInfo).port}/x`, /Parse Error/],
    ];
    for (const [address, message] of cases) await expect(open({ url: address, timeout: 5 })).rejects.toMatchObject(refusal('KD_REMOTE_AWAY', message));
    raw.close();
    await server.close();
    await expect(open({ url })).rejects.toMatchObject(refusal('KD_REMOTE_AWAY', /ECONNREFUSED.*Check that the server runs/));
  });
});

describe('an answer that is none (H4)', () => {
  const json = (text: string): Behaviour => (_, response) => sendJson(response, text);
  const bomb = gzipSync(Buffer.alloc(2 ** 24, ' '));
  it.each<readonly [string, Behaviour, RegExp]>([
    ['HTML', (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'), /it is text\/html, expected application\/json/],
    ['HTML that is called JSON', json('<html>'), /not valid JSON/],
    ['JSON of another protocol', json('{"outputs":[1]}'), /no `predictions`, only outputs/],
    ['fewer rows', json('{"predictions":[[1,2]]}'), /1 rows for 5 samples/],
    ['rows of different lengths', json('{"predictions":[[1,2],[1,2],[1,2],[1,2],[1]]}'), /rows of different shapes/],
    ['empty rows', json('{"predictions":[[],[],[],[],[]]}'), /rows without numbers/],
    ['lists of different depths', json('{"predictions":[[1,2],[1,2],[1,2],[1,2],[1,[2]]]}'), /lists of different depths/],
    ['texts', json('{"predictions":["a","b","c","d","e"]}'), /a string, expected numbers/],
    ['null', json('{"predictions":[1,2,3,4,null]}'), /holds null/],
    ['NaN', json('{"predictions":[1,2,3,4,NaN]}'), /not valid JSON/],
    ['more than float32 holds', json('{"predictions":[1,2,3,4,1e39]}'), /not finite/],
    ['a key twice', json('{"predictions":[1,2,3,4,5],"predictions":[1,2,3,4,6]}'), /'predictions' stands twice/],
    ['a key that reaches a prototype', json('{"predictions":[1,2,3,4,5],"__proto__":{}}'), /'__proto__' is not allowed/],
    ['lists in lists without end', json(`{"predictions":${'['.repeat(1000)}${']'.repeat(1000)}}`), /deeper than 200/],
    ['a bomb of gzip', (_, response) => response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip', 'content-length': String(bomb.length) }).end(bomb), /it is packed \(gzip\)/],
    ['no end that was announced', (_, response) => response.socket!.end('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{"predictions":[1,2,3,4,5]}'), /does not say where it ends/],
    ['a length of gigabytes', (_, response) => response.writeHead(200, { 'content-type': 'application/json', 'content-length': String(2 ** 34) }).write('{'), /longer than 64 MiB/],
    ['chunks of more than is read', (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      for (let chunks = 0; chunks < 70; chunks++) response.write(Buffer.alloc(2 ** 20, ' '));
      response.end();
    }, /longer than 64 MiB/],
  ])('but %s is not used', async (_, behaviour, message) => {
    await expect(open({ url: await start(behaviour) })).rejects.toMatchObject(refusal('KD_REMOTE_ANSWER', message));
  });
});

describe('what is asked', () => {
  it('is answered once, though an answer comes late and another one before it (H9)', async () => {
    const url = await start(only([1], (heard, response) => void setTimeout(() => sendJson(response, { predictions: heard.json.instances!.map(() => [7, 7]) }), 300)));
    const teacher = await open({ url, retries: 1, timeout: 0.2, concurrency: 1 });
    expect(await ask(teacher, points())).toEqual({ logits });
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await ask(teacher, points())).toEqual({ logits });
    expect(server.heard).toHaveLength(4);
  });

  it.each<readonly [string, Partial<HttpOptions>]>([['at once', {}], ['in parts', { batchSize: 2 }]])('%s of a model that was exchanged in silence is not used (H5)', async (_, options) => {
    let slope = 9;
    const url = await start((heard, response) => sendJson(response, { predictions: (heard.json.instances as number[][]).map(([, y]) => [-slope * y!, slope * y!]) }));
    const teacher = await open({ url, ...options });
    expect(await ask(teacher, points())).toEqual({ logits });
    slope = 8;
    await expect(ask(teacher, points())).rejects.toMatchObject(refusal('KD_REMOTE_CHANGED', /another model answers.*for the same sample it answers -\d.* where it was -\d/));
  });
});

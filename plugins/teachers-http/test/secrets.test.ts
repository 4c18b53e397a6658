import { startWasm } from '@kd/core';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { allowedLookup } from '../src/address.ts';
import { answering, open, refusal, sendJson, serve, type ModelServer } from './model-server.ts';

const key = 'Bearer hunter2-hunter2';
let servers: ModelServer[] = [];
beforeAll(() => startWasm());
afterEach(async () => {
  for (const server of servers) await server.close();
  servers = [];
});

it('a redirect is not followed, and no key goes elsewhere (H7)', async () => {
  const elsewhere = await serve(answering);
  servers.push(elsewhere);
  for (const [status, to] of [[301, elsewhere.url], [302, elsewhere.url], [307, elsewhere.url], [308, 'https://169.254.169.254/latest/meta-data'], [307, '/predict']] as const) {
    const server = await serve((_, response) => response.writeHead(status, { location: to }).end());
    servers.push(server);
    await expect(open({ url: server.url, headers: { authorization: key, 'x-api-key': key }, retries: 3 })).rejects.toMatchObject(refusal('KD_REMOTE_REFUSED', new RegExp(`status ${status}, a redirect\\. Redirects are not followed`)));
    expect(server.heard.map(({ headers }) => headers['x-api-key'])).toEqual([key]);
  }
  expect(elsewhere.heard).toEqual([]);
});

it.each(['https://169.254.169.254/x', 'http://169.254.169.254/x', 'http://2852039166/x', 'https://[fe80::1]/x', 'https://[::ffff:169.254.169.254]/x', 'https://[fd00:ec2::254]/x'])('%s is never asked, insecure or not (H7)', async (url) => {
  for (const insecure of [false, true]) await expect(open({ url, insecure, timeout: 1 })).rejects.toMatchObject(refusal('KD_REMOTE_SETUP', /is link-local/));
});

it('nor is a name that stands for such an address, or, without TLS, for another machine (H7)', async () => {
  const found = (url: string, address: string): Promise<string | undefined> => new Promise((resolve) => allowedLookup(new URL(url), false)(address, { all: true }, (error) => resolve(error?.message)));
  expect(await found('https://models.example.org', '169.254.1.1')).toMatch(/link-local/);
  expect(await found('http://localhost', '192.0.2.7')).toMatch(/another machine/);
  expect(await found('http://localhost', '127.0.0.1')).toBeUndefined();
  expect(await found('https://models.example.org', '192.0.2.7')).toBeUndefined();
});

it('what a server says back is shown without the keys that were sent to it (H10)', async () => {
  process.env['KD_TEST_KEY'] = key;
  const repeating = await serve(({ headers, path }, response, number) => {
    const said = JSON.stringify({ error: `\u001b[31myou sent ${headers['authorization']} and ${path}` });
    if (number === 0) sendJson(response, said, 400);
    else if (number === 1) sendJson(response, said, 503);
    else if (number === 2) sendJson(response, said, 401);
    else sendJson(response, `${headers['authorization']} `);
  });
  servers.push(repeating);
  for (const shown of [/you sent \[hidden\]/, /you sent \[hidden\]/, /status 401\. /, /\[hidden\]/]) {
    const refused = await open({ url: `${repeating.url}?key=sesame-sesame`, headers: { authorization: { env: 'KD_TEST_KEY' } } }).catch((error: unknown) => error as Error);
    expect(repeating.heard.at(-1)).toMatchObject({ headers: { authorization: key }, path: '/predict?key=sesame-sesame' });
    expect(refused).toMatchObject({ message: expect.stringMatching(shown) as string });
    expect(JSON.stringify(refused) + String(refused) + String((refused as Error).cause)).not.toMatch(/hunter2|sesame|\u001b/);
  }
});

import { request as plainRequest, type Agent, type IncomingMessage } from 'node:http';
import { request as secureRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { messageOf } from '@kd/core';

export interface Exchange {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as POST; GET without one. */
  readonly body?: Buffer | undefined;
  readonly agent: Agent;
  readonly lookup: LookupFunction;
  /** From the connection to the last byte. */
  readonly timeoutMs: number;
}

export interface Reply {
  readonly status: number;
  readonly location: string | undefined;
  readonly retryAfter: string | undefined;
  readonly body: Buffer;
}

/** An answer that is none, whatever it says. */
export class Garbage extends Error {}

/** More than this no answer may be: what is read is held in memory. */
const MOST_BYTES = 64 * 2 ** 20;
/** Of what a server says of a failure. */
const MOST_EXPLANATION = 2 ** 12;

/**
 * One request and its answer. Redirects are answers; nothing is decoded, and nothing without an end that was announced is
 * taken for whole.
 *
 * @throws Garbage, and errors of Node's where there was no whole answer
 */
export async function exchange({ url, headers, body, agent, lookup, timeoutMs }: Exchange): Promise<Reply> {
  const late = AbortSignal.timeout(timeoutMs);
  const method = body ? 'POST' : 'GET';
  const ours = { accept: 'application/json', 'accept-encoding': 'identity', ...(body ? { 'content-type': 'application/json', 'content-length': String(body.length) } : {}) };
  const send = url.protocol === 'https:' ? secureRequest : plainRequest;
  const request = send(url, { method, headers: { ...headers, ...ours }, agent, lookup, signal: late });
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request.on('response', resolve).on('error', reject).end(body);
    });
    const { statusCode: status = 0, headers: { location, 'retry-after': retryAfter } } = response;
    return { status, location, retryAfter, body: status === 200 ? await wholeBody(response) : await explanation(response) };
  } catch (error) {
    request.destroy();
    if (late.aborted) throw new Error(`no whole answer came within ${timeoutMs / 1000} s`, { cause: error });
    throw error;
  }
}

async function wholeBody(response: IncomingMessage): Promise<Buffer> {
  const { headers } = response;
  const type = headers['content-type'] ?? 'of no type';
  if (!/^application\/([\w.-]+\+)?json\b/i.test(type)) throw new Garbage(`it is ${type.slice(0, 60)}, expected application/json`);
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding.toLowerCase() !== 'identity') throw new Garbage(`it is packed (${encoding.slice(0, 60)}), which was not asked for`);
  if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) throw new Garbage('it does not say where it ends: neither a content-length nor chunks');
  const tooLong = (): Garbage => new Garbage(`it is longer than ${MOST_BYTES / 2 ** 20} MiB; lower \`batchSize\` if it is meant`);
  if (Number(headers['content-length'] ?? 0) > MOST_BYTES) throw tooLong();
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of response as AsyncIterable<Buffer>) {
    if ((bytes += piece.length) > MOST_BYTES) throw tooLong();
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** The beginning of what a server says of a failure, as far as it comes. */
async function explanation(response: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const piece of response as AsyncIterable<Buffer>) {
      pieces.push(piece);
      if ((bytes += piece.length) > MOST_EXPLANATION) break;
    }
  } catch (error) {
    pieces.push(Buffer.from(` (${messageOf(error)})`));
  }
  return Buffer.concat(pieces).subarray(0, MOST_EXPLANATION);
}

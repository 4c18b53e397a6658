import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LabelSpace, NamedTensors, Teacher } from '@kd/core';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { http, type HttpOptions } from '../src/index.ts';

/** A request as it came. */
export interface Heard {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly json: { readonly instances?: readonly unknown[]; readonly inputs?: readonly Readonly<Record<string, unknown>>[] };
}

/** Answers a request, or does what it likes. @param number how many came before it */
export type Behaviour = (heard: Heard, response: ServerResponse, number: number) => void;

export interface ModelServer {
  readonly url: string;
  readonly heard: readonly Heard[];
  close(): Promise<void>;
}

/** A real server on this machine. */
export async function serve(behaviour: Behaviour): Promise<ModelServer> {
  const heard: Heard[] = [];
  const listener: RequestListener = (request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece)).on('end', () => {
      const text = Buffer.concat(pieces).toString();
      const one: Heard = { method: request.method!, path: request.url!, headers: request.headers, json: text === '' ? {} : JSON.parse(text) as Heard['json'] };
      heard.push(one);
      behaviour(one, response, heard.length - 1);
    });
  };
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/predict`,
    heard,
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}

export function sendJson(response: ServerResponse, value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(typeof value === 'string' ? value : JSON.stringify(value));
}

/** A model of points: south and north. @param slope another one is another model */
export function predictionsOf({ json }: Heard, slope = 9): number[][] {
  return (json.instances as number[][]).map(([, y]) => [-slope * y!, slope * y!]);
}

export const answering: Behaviour = (heard, response) => sendJson(response, { predictions: predictionsOf(heard) });

const space: LabelSpace = { name: 'height', kind: 'classes', classes: ['south', 'north'] };
export const points = (): NamedTensors => ({ point: tf.tensor2d([[0, 0.5], [1, -0.25], [2, 1], [3, 0], [4, -1]]) });
/** What the model says of them. */
export const logits = [[-4.5, 4.5], [2.25, -2.25], [-9, 9], [0, 0], [9, -9]];

/** Opens a teacher as a run does. */
export function open(options: Partial<HttpOptions> & Pick<HttpOptions, 'url'>, samples: () => NamedTensors = points, speaks: LabelSpace = space): Promise<Teacher> {
  const whole: HttpOptions = { protocol: 'tensorflow-serving', headers: {}, batchSize: 64, concurrency: 2, timeout: 30, retries: 0, insecure: false, ...options };
  return http.create(whole, {}).open({ id: 'far', space: speaks, samples: async () => samples() });
}

/** The answer for inputs, which it frees, as nested arrays. */
export async function ask(teacher: Teacher, inputs: NamedTensors, features: readonly string[] = []): Promise<Record<string, unknown>> {
  try {
    const answer = await teacher.signals(inputs, features);
    const numbers = Object.fromEntries(Object.entries(answer).map(([name, tensor]) => [name, tensor.arraySync()]));
    tf.dispose(answer);
    return numbers;
  } finally {
    tf.dispose(inputs);
  }
}

export const refusal = (code: string, message: RegExp): object => ({ code, message: expect.stringMatching(message) as string });

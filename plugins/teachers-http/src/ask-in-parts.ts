import { KdError } from '@kd/core';
import type { HttpOptions } from './http-options.ts';
import type { Answered, Protocol } from './protocol.ts';
import { between, joined, type InputRows } from './rows.ts';
import type { Server } from './server.ts';

/** Status of a server to which a request is too large. */
const TOO_LARGE = 413;

/** Asks about samples, some at a time, and some requests at a time. Answers come in the samples' order. @throws Error where they do not fit each other */
export async function askInParts(server: Server, protocol: Protocol, inputs: InputRows, outputs: readonly string[] | undefined, { batchSize, concurrency }: HttpOptions): Promise<readonly Answered[]> {
  const size = Object.values(inputs)[0]!.length;
  const starts = Array.from({ length: Math.ceil(size / batchSize) }, (_, part) => part * batchSize);
  const answers: Answered[] = [];
  for (let next = 0; next < starts.length; next += concurrency) {
    const asked = starts.slice(next, next + concurrency).map((start) => askPart(server, protocol, between(inputs, start, start + batchSize), outputs));
    // What still runs when one fails is waited for: nothing goes on behind a caller's back.
    for (const settled of await Promise.allSettled(asked)) {
      if (settled.status === 'rejected') throw settled.reason as Error;
      answers.push(...settled.value);
    }
  }
  return answers;
}

/** The outputs of all parts. @throws Error */
export function wholeOf(parts: readonly Answered[]): Answered['outputs'] {
  const names = Object.keys(parts[0]!.outputs);
  return Object.fromEntries(names.map((name) => [name, joined(parts.map(({ outputs }) => {
    if (Object.hasOwn(outputs, name)) return outputs[name]!;
    throw new Error(`it gives the output '${name}' for some samples only`);
  }), `the output '${name}'`)]));
}

async function askPart(server: Server, protocol: Protocol, inputs: InputRows, outputs: readonly string[] | undefined): Promise<readonly Answered[]> {
  const size = Object.values(inputs)[0]!.length;
  const question = protocol.question(inputs, outputs);
  try {
    return [await server.ask({ path: protocol.path, question }, (json) => protocol.answered(json, size))];
  } catch (error) {
    if (!(error instanceof KdError && error.details['status'] === TOO_LARGE) || size === 1) throw error;
    const half = Math.ceil(size / 2);
    return [
      ...await askPart(server, protocol, between(inputs, 0, half), outputs),
      ...await askPart(server, protocol, between(inputs, half, size), outputs),
    ];
  }
}

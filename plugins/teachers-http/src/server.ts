import { Agent } from 'node:http';
import { Agent as SecureAgent } from 'node:https';
import { KdError, kdError, messageOf, Random, type RandomStream } from '@kd/core';
import { parseJson } from '@kd/node';
import { addressOf, AddressRefused, allowedLookup } from './address.ts';
import { exchange, Garbage, type Reply } from './exchange.ts';
import type { HttpOptions } from './http-options.ts';
import { FailedTry, waitOf, withRetries } from './retry.ts';
import { headersOf, hider, textOf } from './secrets.ts';

/** Statuses after which the same request may well be answered. */
const PASSING: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);

/** A server that is asked again where that may help, and whose words are never taken as they are. */
export class Server {
  readonly teacher: string;
  readonly url: URL;
  /** The address for messages: without what may be secret in it. */
  readonly name: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #options: HttpOptions;
  readonly #agent: Agent;
  readonly #random: RandomStream;
  readonly #hide: (text: string) => string;

  /** @throws KD_REMOTE_SETUP */
  constructor(options: HttpOptions, teacher: string) {
    this.teacher = teacher;
    this.url = addressOf(textOf(options.url, teacher, '`url`'), options.insecure, teacher);
    this.name = `${this.url.origin}${this.url.pathname}`;
    this.#options = options;
    this.#headers = headersOf(options.headers, teacher);
    this.#hide = hider([...Object.values(this.#headers), ...this.url.searchParams.values()]);
    const keep = { keepAlive: true, maxSockets: options.concurrency };
    this.#agent = this.url.protocol === 'https:' ? new SecureAgent(keep) : new Agent(keep);
    // Only how long is waited depends on it.
    this.#random = new Random(0).stream(`http/${teacher}`);
  }

  /**
   * The JSON at another path of the server, or, with a question, what it answers at its own.
   *
   * @param read makes sense of the JSON; throws where it makes none
   * @throws KD_REMOTE_AWAY, KD_REMOTE_REFUSED, KD_REMOTE_ANSWER, KD_REMOTE_SETUP
   */
  async ask<Result>({ path, question, tries = this.#options.retries + 1 }: { readonly path: string; readonly question?: unknown; readonly tries?: number }, read: (json: unknown) => Result): Promise<Result> {
    const url = new URL(this.url);
    url.pathname = path;
    const name = `${url.origin}${url.pathname}`;
    const body = question === undefined ? undefined : Buffer.from(JSON.stringify(question));
    return withRetries(tries, this.#random, async () => {
      const reply = await this.#send(url, name, body);
      if (reply.status !== 200) throw this.#refusal(name, reply);
      try {
        return read(parseJson(reply.body, name, 'answer'));
      } catch (error) {
        throw this.#garbage(name, problemOf(error));
      }
    });
  }

  close(): void {
    this.#agent.destroy();
  }

  async #send(url: URL, name: string, body: Buffer | undefined): Promise<Reply> {
    const { timeout, insecure } = this.#options;
    try {
      return await exchange({ url, headers: this.#headers, body, agent: this.#agent, lookup: allowedLookup(this.url, insecure), timeoutMs: timeout * 1000 });
    } catch (error) {
      const { teacher } = this;
      if (error instanceof Garbage) throw this.#garbage(name, error.message);
      if (error instanceof AddressRefused) throw kdError('KD_REMOTE_SETUP', { teacher, problem: error.message, next: 'Write the address of the server itself.' });
      const problem = this.#hide(reasonOf(error));
      throw new FailedTry((tries) => kdError('KD_REMOTE_AWAY', { teacher, server: name, tries, problem }), true);
    }
  }

  #garbage(server: string, problem: string): FailedTry {
    return new FailedTry(() => kdError('KD_REMOTE_ANSWER', { teacher: this.teacher, server, problem: this.#shown(problem) }), true);
  }

  #refusal(server: string, { status, location, retryAfter, body }: Reply): FailedTry {
    const { teacher } = this;
    // What a server says of keys may hold them, in whatever form.
    const said = status === 401 || status === 403 ? '' : this.#shown(body.toString()).slice(0, 200);
    const problem = `status ${status}${said ? `: ${said}` : ''}`;
    if (PASSING.has(status)) return new FailedTry((tries) => kdError('KD_REMOTE_AWAY', { teacher, server, tries, problem }), true, waitOf(retryAfter));
    const refused = location === undefined || status >= 400 ? { problem, next: whatNext(status) } : {
      problem: `status ${status}, a redirect`, next: 'Redirects are not followed, for what is sent may be secret: write the last address as `url`.',
    };
    return new FailedTry(() => kdError('KD_REMOTE_REFUSED', { teacher, server, status, ...refused }), false);
  }

  /** Text of a server's as a part of a message. */
  #shown(text: string): string {
    return this.#hide(text).replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
  }
}

function whatNext(status: number): string {
  switch (status) {
    case 401:
    case 403: return 'Check the `headers` that carry the key.';
    case 404:
    case 405: return 'Check `url` and `protocol` of its source.';
    case 413: return 'Lower `batchSize`, or raise the server\'s limit.';
    default: return 'Check that the model takes what it is given: the names in `inputs`, the shapes, the `preprocess`.';
  }
}

function problemOf(error: unknown): string {
  return error instanceof KdError && typeof error.details['problem'] === 'string' ? error.details['problem'] : messageOf(error);
}

/** Where a name has several addresses and none answers, Node's error says nothing itself. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && !error.message) return error.errors.map(messageOf).join('; ');
  return messageOf(error);
}

import type { InputRows, OutputRows } from './rows.ts';
import type { Server } from './server.ts';

/** What a server tells of its model. */
export interface Described {
  /** The model and its version, as far as they are told. */
  readonly model: string;
  /** Undefined where it does not tell. */
  readonly inputs?: readonly RemoteInput[];
  readonly outputs?: readonly string[];
}

/** An input of a model. */
export interface RemoteInput {
  readonly name: string;
  /** Of one sample; null where any length fits. */
  readonly shape: readonly (number | null)[];
}

export interface Answered {
  /** The version that has answered, where it is told. */
  readonly version?: string | undefined;
  readonly outputs: Readonly<Record<string, OutputRows>>;
}

/** How a kind of server is spoken with. */
export interface Protocol {
  /** Where questions go to. */
  readonly path: string;
  describe(server: Server): Promise<Described>;
  /**
   * The question as JSON will have it.
   *
   * @param outputs those that are wanted; all when left out
   * @throws Error where the model cannot be given these numbers
   */
  question(inputs: InputRows, outputs?: readonly string[]): unknown;
  /** What the JSON says for so many samples. @throws Error where it is no such answer */
  answered(json: unknown, rows: number): Answered;
}

/** An object of a server's JSON. @throws Error */
export function objectOf(json: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as Readonly<Record<string, unknown>>;
  throw new Error(`${what} is no JSON object`);
}

import { KdError, kdError, messageOf, type NamedTensors } from '@kd/core';
import { sha256 } from '@kd/node';
import { askInParts, wholeOf } from './ask-in-parts.ts';
import type { HttpOptions } from './http-options.ts';
import { inputRowsOf, sourceOf } from './input-rows.ts';
import { KnownAnswers } from './known-answers.ts';
import type { Answered, Described, Protocol } from './protocol.ts';
import type { InputRows, OutputRows } from './rows.ts';
import type { Server } from './server.ts';
import { tensorflowServing } from './tensorflow-serving.ts';
import { v2 } from './v2.ts';

/** A model behind a server, and what is known of it. */
export class RemoteModel {
  /** Names of its outputs, as far as they are known. */
  outputs: readonly string[] | undefined;
  /** The data's inputs that it reads, as far as they are known. */
  reads: readonly string[];
  readonly #server: Server;
  readonly #options: HttpOptions;
  readonly #protocol: Protocol;
  readonly #described: Described;
  #version: string | undefined;
  #known: KnownAnswers | undefined;

  private constructor(server: Server, options: HttpOptions, protocol: Protocol, described: Described) {
    this.#server = server;
    this.#options = options;
    this.#protocol = protocol;
    this.#described = described;
    this.outputs = described.outputs;
    this.reads = Object.values(options.inputs ?? {});
    if (this.outputs) this.#expectParts('output', [this.#answering(this.outputs)], this.outputs);
    const inputs = described.inputs?.map(({ name }) => name);
    if (inputs) this.#expectParts('input', Object.keys(options.inputs ?? {}), inputs);
  }

  /** Asks the server what it serves. @throws KD_REMOTE_AWAY, KD_REMOTE_REFUSED, KD_REMOTE_ANSWER, KD_MODEL_PART */
  static async open(server: Server, options: HttpOptions): Promise<RemoteModel> {
    const protocol = options.protocol === 'v2' ? v2(server.url) : tensorflowServing(server.url, options.inputs !== undefined);
    return new RemoteModel(server, options, protocol, await protocol.describe(server));
  }

  /** Changes with the model's answers, and not with its address. Without any, the address has to do. */
  get hash(): string {
    const { inputs, output, gives } = this.#options;
    const known = this.#known?.hash ?? this.#server.name;
    return sha256(JSON.stringify([this.#described.model, this.#version, known, inputs, output, gives]));
  }

  /** Asks about a few samples, to know the model by its answers from then on. */
  async learn(few: Readonly<NamedTensors>): Promise<void> {
    const inputs = await this.#inputRows(few);
    const said = await this.#ask(inputs, undefined);
    this.outputs ??= Object.keys(said);
    this.reads = this.#inputsFor(few).map(({ name }) => sourceOf(name, this.#options.inputs, Object.keys(few), Object.keys(inputs).length === 1));
    this.#known = new KnownAnswers(inputs, this.#part(said, this.#answering(Object.keys(said))), Object.values(inputs)[0]!.length);
  }

  /** A row for each sample: of the output that answers, called `''`, and of those named. @throws KD_REMOTE_CHANGED, and what `open` throws */
  async ask(batch: Readonly<NamedTensors>, features: readonly string[]): Promise<Readonly<Record<string, OutputRows>>> {
    const asked = await this.#inputRows(batch);
    const around = this.#known?.around(asked);
    const output = this.outputs && this.#answering(this.outputs);
    const said = await this.#ask(around?.inputs ?? asked, output === undefined ? undefined : [...new Set([output, ...features])]);
    const answer = this.#part(said, output ?? this.#answering(Object.keys(said)));
    const rows = Object.values(asked)[0]!.length;
    if (around) {
      const problem = this.#known!.problem(around.first, answer, 0) ?? this.#known!.problem(around.last, answer, rows + 1);
      if (problem !== undefined) throw this.#changed(problem);
    }
    const own = ({ shape, values }: OutputRows): OutputRows => {
      const width = shape.reduce((size, length) => size * length, 1);
      return around ? { shape, values: values.subarray(width, (rows + 1) * width) } : { shape, values };
    };
    return Object.fromEntries([['', own(answer)], ...features.map((name) => [name, own(this.#part(said, name))] as const)]);
  }

  async #ask(inputs: InputRows, outputs: readonly string[] | undefined): Promise<Answered['outputs']> {
    const { teacher, name: server } = this.#server;
    let parts: readonly Answered[];
    try {
      parts = await askInParts(this.#server, this.#protocol, inputs, outputs, this.#options);
    } catch (error) {
      if (error instanceof KdError) throw error;
      throw kdError('KD_REMOTE_SETUP', { teacher, problem: messageOf(error), next: 'See what the model says of its inputs.' }, error);
    }
    this.#version ??= parts[0]!.version;
    const other = parts.find(({ version }) => version !== this.#version);
    if (other) throw this.#changed(`its version is ${other.version ?? 'not told'}, expected ${this.#version}`);
    try {
      return wholeOf(parts);
    } catch (error) {
      throw kdError('KD_REMOTE_ANSWER', { teacher, server, problem: messageOf(error) }, error);
    }
  }

  #inputRows(batch: Readonly<NamedTensors>): Promise<InputRows> {
    return inputRowsOf(this.#server.teacher, this.#inputsFor(batch), this.#options.inputs, batch);
  }

  #inputsFor(batch: Readonly<NamedTensors>): readonly { readonly name: string }[] {
    return this.#described.inputs ?? Object.keys(this.#options.inputs ?? batch).map((name) => ({ name }));
  }

  #answering(outputs: readonly string[]): string {
    return this.#options.output ?? (outputs.length === 1 ? outputs[0]! : 'logits');
  }

  #part(said: Answered['outputs'], name: string): OutputRows {
    this.#expectParts('output', [name], Object.keys(said));
    return said[name]!;
  }

  #expectParts(what: string, names: readonly string[], known: readonly string[]): void {
    const name = names.find((each) => !known.includes(each));
    if (name !== undefined) throw kdError('KD_MODEL_PART', { model: `The model at ${this.#server.name}`, what, name, known });
  }

  #changed(problem: string): KdError {
    return kdError('KD_REMOTE_CHANGED', { teacher: this.#server.teacher, server: this.#server.name, problem });
  }
}

import type { CApi, Pointer } from './c-api.ts';
import { Exhausted } from './exhausted.ts';

const OK = 0;
const RESOURCE_EXHAUSTED = 8;

/** Where TensorFlow says how a call went. One serves all calls, for they come one after the other. */
export class Status {
  readonly pointer: Pointer;
  readonly #c: CApi;

  constructor(c: CApi) {
    this.#c = c;
    this.pointer = c.TF_NewStatus();
  }

  /** @param what the operation or call that was made, for the message. Throws what TensorFlow said if it failed. */
  check(what: string): void {
    const code = this.#c.TF_GetCode(this.pointer);
    if (code === OK) return;
    const said = this.#c.TF_Message(this.pointer);
    this.#c.TF_SetStatus(this.pointer, OK, ''); // some calls that succeed leave it as they find it
    throw code === RESOURCE_EXHAUSTED ? new Exhausted(what, said) : new Error(`${what}: ${said}`);
  }
}

/** No memory is left for what an operation makes. */
export class Exhausted extends Error {
  constructor(what: string, said: string) {
    super(`${what} ran out of memory: ${said}`);
    this.name = 'Exhausted';
  }
}

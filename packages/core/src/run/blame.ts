/** Throws an error that says who failed. */
type Tell = (error: Error) => never;

/** Who was at work when an error was thrown. The error itself stays what it is, for those who look for their own kind. */
const tellers = new WeakMap<Error, Tell>();

/** What `work` gives. What it throws ends a run in the words of `tell`, unless somebody catches it, or WebAssembly itself has crashed. */
export function blaming<T>(tell: Tell, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof Error && error.name !== 'RuntimeError' && !tellers.has(error)) tellers.set(error, tell);
    throw error;
  }
}

/** What `tell` throws, where somebody is to blame for this error; else the error. */
export function blamed(error: Error): unknown {
  try {
    tellers.get(error)?.(error);
    return error;
  } catch (told) {
    return told;
  }
}

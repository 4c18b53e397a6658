/**
 * What runtimes say when they have no memory left; TensorFlow's status is RESOURCE_EXHAUSTED, and JavaScript's engines call a length
 * that does not fit invalid. An access out of bounds is another mistake: the wasm backend fails where it cannot allocate.
 */
const WORDS = /out of memory|exhausted|allocation failed|cannot enlarge memory|invalid (typed )?array (buffer )?length|\boom\b/i;

/** Whether memory ran out. Also inside a teacher that answers live, whose error is the cause of kd's own. */
export function isExhaustion(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  return saysExhausted(error) || isExhaustion(error.cause);
}

/** Whether a message says that memory ran out. */
export function saysExhausted({ message }: Error): boolean {
  return WORDS.test(message);
}

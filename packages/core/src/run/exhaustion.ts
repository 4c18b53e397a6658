/** What runtimes say when they have no memory left; TensorFlow's status is RESOURCE_EXHAUSTED. */
const WORDS = /out of memory|exhausted|allocation failed|cannot enlarge memory|memory access out of bounds|\boom\b/i;

/** Whether memory ran out. Also inside a teacher that answers live, whose error is the cause of kd's own. */
export function isExhaustion(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  return saysExhausted(error) || error instanceof RangeError || isExhaustion(error.cause);
}

/** Whether a message says that memory ran out. */
export function saysExhausted({ message }: Error): boolean {
  return WORDS.test(message);
}

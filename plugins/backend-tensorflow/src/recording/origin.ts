/** Frames of the libraries between an operation and the code that asked for it. */
const LIBRARIES = /node:internal|[\\/]@tensorflow[\\/]|[\\/](?:plugin-)?backend-tensorflow[\\/](?:src|dist)[\\/]|<anonymous>\)?$/;
/** Deep enough to reach through TensorFlow.js's own frames. */
const FRAMES = 60;

/** The call under way, to be asked later where it came from: its text is made only then. */
export function callUnderWay(): Error {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = FRAMES;
  const call = new Error();
  Error.stackTraceLimit = stackTraceLimit;
  return call;
}

/** Where, outside of TensorFlow.js, a call came from: `function (file:line:column)`. */
export function originOf({ stack = '' }: Error): string {
  const frame = stack.split('\n').slice(1).map((line) => line.trim().replace(/^at /, '')).find((line) => !LIBRARIES.test(line));
  return frame ?? 'an unknown place';
}

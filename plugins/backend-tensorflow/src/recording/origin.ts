/** Frames of the libraries between an operation and the code that asked for it. */
const LIBRARIES = /node:internal|[\\/]@tensorflow[\\/]|[\\/](?:plugin-)?backend-tensorflow[\\/](?:src|dist)[\\/]|<anonymous>\)?$/;

/** Where, outside of TensorFlow.js, the operation under way was asked for: `function (file:line:column)`. */
export function originOfCall(): string {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 60;
  const { stack = '' } = new Error();
  Error.stackTraceLimit = stackTraceLimit;
  const frame = stack.split('\n').slice(1).map((line) => line.trim().replace(/^at /, '')).find((line) => !LIBRARIES.test(line));
  return frame ?? 'an unknown place';
}

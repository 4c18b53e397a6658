import { kdError } from '@kd/core';
import { ProtobufMessage, readWeightFile, readWhole, sha256 } from '@kd/node';
import { tensorsOf } from './tensors-of.ts';

/** Weights that lie beside the model. */
export interface ExternalFile {
  /** As the model names it. */
  readonly path: string;
  readonly data: Uint8Array;
}

/** A model's file and the files that it names. */
export interface OnnxFiles {
  readonly model: Uint8Array;
  readonly external: readonly ExternalFile[];
  /** sha256 of all of them. */
  readonly hash: string;
  /** Numbers that were learned, as far as the file tells. */
  readonly parameters: number;
}

/** ONNX's numbers for the types that weights have: float32, float16, float64, bfloat16; quantised, uint8 and int8. */
const WEIGHT_TYPES: ReadonlySet<number> = new Set([1, 10, 11, 16, 2, 3]);

/**
 * Reads an ONNX file, and the files that its weights lie in: these must be in its own folder, whatever it says.
 *
 * @throws KD_FILE_MISSING, KD_FILE_UNREADABLE, KD_FILE_INVALID, KD_FILE_UNSAFE
 */
export function readOnnxFiles(file: string): OnnxFiles {
  const model = readWhole(file, 'ONNX model');
  const tensors = parse(file, model);
  const paths = [...new Set(tensors.flatMap(({ externalFile }) => externalFile ?? []))].sort();
  const external = paths.map((path) => ({ path, data: readWeightFile(file, path) }));
  const learned = tensors.filter(({ isWeight, type }) => isWeight && WEIGHT_TYPES.has(type));
  return {
    model,
    external,
    hash: sha256(JSON.stringify([sha256(model), ...external.map(({ path, data }) => [path, sha256(data)])])),
    parameters: learned.reduce((sum, { shape }) => sum + shape.reduce((size, length) => size * length, 1), 0),
  };
}

function parse(file: string, bytes: Uint8Array): ReturnType<typeof tensorsOf> {
  const refuse = (problem: string, cause?: unknown): never => {
    throw kdError('KD_FILE_INVALID', { file, expected: 'ONNX model', problem }, cause);
  };
  try {
    const message = new ProtobufMessage(bytes);
    if (message.bytes(7).length === 0) refuse('it holds no graph');
    return tensorsOf(message);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return refuse(error.message, error);
  }
}

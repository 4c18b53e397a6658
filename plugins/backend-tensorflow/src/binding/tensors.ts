import { int64s } from './attributes.ts';
import type { NativeLibrary, Pointer } from './c-api.ts';
import { BYTES, STRING, valuesOf, viewOf, type Values } from './dtypes.ts';
import type { Handles } from './handles.ts';
import type { Status } from './status.ts';
import { readStrings, writeStrings } from './strings.ts';

/** Carries values between JavaScript and the library's tensors. */
export class Tensors {
  readonly #native: NativeLibrary;
  readonly #status: Status;
  readonly #handles: Handles;

  constructor(native: NativeLibrary, status: Status, handles: Handles) {
    this.#native = native;
    this.#status = status;
    this.#handles = handles;
  }

  /** A tensor with these values: one for each element, for strings as UTF-8. Returns its number. */
  create(shape: readonly number[], dtype: number, values: ArrayLike<number> | Values | readonly Uint8Array[]): number {
    const { c, copyBytes } = this.#native;
    const size = shape.reduce((product, length) => product * length, 1);
    const bytes = size * (BYTES[dtype] ?? Number.NaN);
    if (Number.isNaN(bytes)) throw new Error(`A tensor of TensorFlow's type ${dtype} cannot be made of values.`);
    const plain = dtype === STRING ? undefined : valuesOf(dtype, values as Values);
    const given = plain ? plain.byteLength : values.length * BYTES[STRING]!;
    if (given !== bytes) throw new Error(`A tensor of shape [${shape.join(', ')}] holds ${bytes} bytes; its values have ${given}.`);
    const tensor = c.TF_AllocateTensor(dtype, int64s(shape), shape.length, bytes);
    if (tensor === 0n || tensor === null) throw new Error(`Out of memory: no room for a tensor of shape [${shape.join(', ')}], ${bytes} bytes.`);
    let release = (): void => {};
    try {
      const data = c.TF_TensorData(tensor);
      if (plain && bytes > 0) copyBytes(data, plain, bytes);
      if (!plain) release = writeStrings(c, data, values as readonly Uint8Array[]);
      const pointer = c.TFE_NewTensorHandle(tensor, this.#status.pointer);
      this.#status.check('A new tensor');
      return this.#handles.add(pointer, dtype, shape);
    } finally {
      release();
      c.TF_DeleteTensor(tensor);
    }
  }

  /** The values of a tensor, copied; of strings, the bytes of each. */
  read(id: number): Values | Uint8Array[] {
    const { pointer, dtype } = this.#handles.get(id, 'Reading');
    return this.#resolved(pointer, (tensor) => {
      const { c, copyBytes } = this.#native;
      const bytes = Number(c.TF_TensorByteSize(tensor));
      const data = c.TF_TensorData(tensor);
      if (dtype === STRING) return readStrings(this.#native, data, bytes / BYTES[STRING]!);
      const buffer = new ArrayBuffer(bytes);
      if (bytes > 0) copyBytes(new Uint8Array(buffer), data, bytes);
      return viewOf(dtype, buffer);
    });
  }

  /** Lends the tensor itself, on the host, for the time of `use`. */
  lend<Result>(id: number, what: string, use: (tensor: Pointer) => Result): Result {
    return this.#resolved(this.#handles.get(id, what).pointer, use);
  }

  #resolved<Result>(pointer: Pointer, use: (tensor: Pointer) => Result): Result {
    const tensor = this.#native.c.TFE_TensorHandleResolve(pointer, this.#status.pointer);
    this.#status.check('Reading a tensor');
    try {
      return use(tensor);
    } finally {
      this.#native.c.TF_DeleteTensor(tensor);
    }
  }
}

import { int64s, type Attribute } from './attributes.ts';
import type { Pointer } from './c-api.ts';
import { ATTRIBUTE, BYTES, STRING, valuesOf, viewOf, type Values } from './dtypes.ts';
import type { EagerExecutor } from './eager-executor.ts';
import { Exhausted } from './exhausted.ts';
import type { Handles } from './handles.ts';
import type { NativeLibrary } from './load-library.ts';
import type { Status } from './status.ts';
import { freeStrings, readStrings, writeStrings } from './strings.ts';

/** Of an operation that joins one text with nothing: it copies. */
const COPY_TEXTS: readonly Attribute[] = [{ name: 'N', type: ATTRIBUTE.INT, value: 1 }, { name: 'separator', type: ATTRIBUTE.STRING, value: '' }];

/** Carries values between JavaScript and the library's tensors. */
export class Tensors {
  readonly #native: NativeLibrary;
  readonly #status: Status;
  readonly #handles: Handles;
  readonly #eager: EagerExecutor;

  constructor(native: NativeLibrary, status: Status, handles: Handles, eager: EagerExecutor) {
    this.#native = native;
    this.#status = status;
    this.#handles = handles;
    this.#eager = eager;
  }

  /** A tensor with these values: one for each element, for strings as UTF-8. Returns its number. */
  create(shape: readonly number[], dtype: number, values: ArrayLike<number> | Values | readonly Uint8Array[]): number {
    if (dtype === STRING) return this.#createStrings(shape, values as readonly Uint8Array[]);
    const plain = valuesOf(dtype, values as Values);
    return this.#allocated(shape, dtype, plain.byteLength, (data) => {
      if (plain.byteLength > 0) this.#native.copyBytes(data, plain, plain.byteLength);
    });
  }

  /** The library copies them into a tensor of its own, which frees its texts; those that were written here are freed here. */
  #createStrings(shape: readonly number[], texts: readonly Uint8Array[]): number {
    const { c } = this.#native;
    let copy = 0;
    this.#allocated(shape, STRING, texts.length * BYTES[STRING]!, (data) => writeStrings(c, data, texts), (id, data) => {
      try {
        copy = this.#eager.execute('StringJoin', COPY_TEXTS, [id], 1)[0]!.id;
      } finally {
        this.#handles.delete(id);
        freeStrings(c, data, texts.length);
      }
    });
    return copy;
  }

  /** A new tensor of memory that `fill` fills; `use` may work with it while that memory is there for certain. */
  #allocated(shape: readonly number[], dtype: number, given: number, fill: (data: Pointer) => void, use?: (id: number, data: Pointer) => void): number {
    const { c } = this.#native;
    const bytes = shape.reduce((product, length) => product * length, BYTES[dtype] ?? Number.NaN);
    if (Number.isNaN(bytes)) throw new Error(`A tensor of TensorFlow's type ${dtype} cannot be made of values.`);
    if (given !== bytes) throw new Error(`A tensor of shape [${shape.join(', ')}] holds ${bytes} bytes; its values have ${given}.`);
    this.#handles.reach(bytes, 'A new tensor');
    const tensor = c.TF_AllocateTensor(dtype, int64s(shape), shape.length, bytes);
    if (!tensor) throw new Exhausted('A new tensor', `there is no room for shape [${shape.join(', ')}], ${bytes} bytes`);
    try {
      const data = c.TF_TensorData(tensor);
      fill(data);
      const pointer = c.TFE_NewTensorHandle(tensor, this.#status.pointer);
      this.#status.check('A new tensor');
      const id = this.#handles.add(pointer, dtype, shape);
      use?.(id, data);
      return id;
    } finally {
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

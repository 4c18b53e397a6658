/** A tensor in the graph. Its name may still change until the file is written. */
export interface Value {
  name: string;
  readonly type: ElementType;
}

export type ElementType = 'float32' | 'int32' | 'int64' | 'bool';

/** TensorProto.DataType */
export const elementCode: Readonly<Record<ElementType, number>> = { float32: 1, int32: 6, int64: 7, bool: 9 };

/** An attribute of a node. Plain numbers are whole; a fraction says so. */
export type Attribute = number | string | readonly number[] | readonly string[] | { readonly float: number } | { readonly floats: readonly number[] } | { readonly graph: Body };

export interface Node {
  readonly op: string;
  readonly name: string;
  /** `undefined` stands for an optional input that is not there. */
  readonly inputs: readonly (Value | undefined)[];
  readonly outputs: readonly Value[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** What an operator such as Scan repeats. Names from outside are seen inside. */
export interface Body {
  readonly name: string;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly nodes: readonly Node[];
}

/** Numbers in the file: a weight, or an operand that never changes. */
export interface Constant {
  readonly value: Value;
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array | BigInt64Array;
}

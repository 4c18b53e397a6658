import type { DataType } from '@tensorflow/tfjs-core';
import type { Attribute } from '../binding/attributes.ts';
import { ATTRIBUTE, BOOL, COMPLEX64, FLOAT, INT32, STRING } from '../binding/dtypes.ts';

const TYPES: Readonly<Record<DataType, number>> = { float32: FLOAT, int32: INT32, bool: BOOL, complex64: COMPLEX64, string: STRING };

/** The types of an operation's inputs, by the attributes' names: `types({ T: 'float32' })`. */
export function types(named: Readonly<Record<string, DataType>>): Attribute[] {
  return Object.entries(named).map(([name, type]) => ({ name, type: ATTRIBUTE.TYPE, value: TYPES[type] }));
}

export function int(name: string, value: number | readonly number[]): Attribute {
  return { name, type: ATTRIBUTE.INT, value };
}

export function float(name: string, value: number): Attribute {
  return { name, type: ATTRIBUTE.FLOAT, value };
}

export function bool(name: string, value: boolean): Attribute {
  return { name, type: ATTRIBUTE.BOOL, value };
}

export function text(name: string, value: string | readonly string[]): Attribute {
  return { name, type: ATTRIBUTE.STRING, value };
}

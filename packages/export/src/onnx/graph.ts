import { Names } from './names.ts';
import type { Attribute, Body, Constant, ElementType, Node, Value } from './value.ts';

interface AddOptions {
  readonly attributes?: Readonly<Record<string, Attribute>>;
  /** Of the outputs; default the first input's. */
  readonly type?: ElementType;
}

/** A graph that grows node by node. Nodes that nobody asks for are left out when it is written. */
export class OnnxGraph {
  readonly nodes: Node[] = [];
  readonly constants: Constant[];
  readonly #names: Names;
  readonly #producers = new Map<Value, Node>();
  readonly #known: Map<string, Value>;
  /** The layer that is being written; names begin with it. */
  scope = '';

  constructor(outer?: OnnxGraph) {
    this.#names = outer ? outer.#names : new Names();
    this.constants = outer ? outer.constants : [];
    this.#known = outer ? outer.#known : new Map<string, Value>();
    this.scope = outer ? outer.scope : '';
  }

  /** A value from outside, such as an input. */
  value(name: string, type: ElementType = 'float32'): Value {
    return { name: this.#names.unique(name), type };
  }

  add(op: string, inputs: readonly (Value | undefined)[], options: AddOptions = {}): Value {
    return this.addMany(op, inputs, 1, options)[0]!;
  }

  addMany(op: string, inputs: readonly (Value | undefined)[], outputs: number, { attributes = {}, type }: AddOptions = {}): Value[] {
    const name = this.#names.unique(`${this.scope}/${op}`);
    const values = Array.from({ length: outputs }, (_, i): Value => ({ name: i === 0 ? name : this.#names.unique(`${name}:${i}`), type: type ?? inputs[0]!.type }));
    const node: Node = { op, name, inputs, outputs: values, attributes };
    this.nodes.push(node);
    for (const value of values) this.#producers.set(value, node);
    return values;
  }

  /** The node that gives a value, where it is of this kind. */
  producer(value: Value, op: string): Node | undefined {
    const node = this.#producers.get(value);
    return node?.op === op ? node : undefined;
  }

  /** Numbers under a name of their own. */
  weight(name: string, shape: readonly number[], data: Float32Array): Value {
    return this.#constant(this.#names.unique(name), shape, data, 'float32');
  }

  /** Small numbers; equal ones are in the file once. */
  floats(values: readonly number[], shape: readonly number[] = [values.length]): Value {
    return this.#shared(`floats/${shape.join('x')}/${values.join(',')}`, shape, Float32Array.from(values), 'float32');
  }

  scalar(value: number): Value {
    return this.floats([value], []);
  }

  int32s(values: readonly number[], shape: readonly number[] = [values.length]): Value {
    return this.#shared(`int32/${shape.join('x')}/${values.join(',')}`, shape, Int32Array.from(values), 'int32');
  }

  /** Axes, shapes and the like. */
  ints(values: readonly number[]): Value {
    return this.#shared(`ints/${values.join(',')}`, [values.length], BigInt64Array.from(values, BigInt), 'int64');
  }

  /** A graph for an operator that repeats it. */
  body(build: (inner: OnnxGraph) => { readonly inputs: readonly Value[]; readonly outputs: readonly Value[] }): Body {
    const inner = new OnnxGraph(this);
    const { inputs, outputs } = build(inner);
    return { name: this.#names.unique(`${this.scope}/body`), inputs, outputs, nodes: inner.nodes };
  }

  #shared(key: string, shape: readonly number[], data: Constant['data'], type: ElementType): Value {
    const known = this.#known.get(key);
    if (known) return known;
    const value = this.#constant(this.#names.unique(key.length > 40 ? `${this.scope}/${type}` : key), shape, data, type);
    this.#known.set(key, value);
    return value;
  }

  #constant(name: string, shape: readonly number[], data: Constant['data'], type: ElementType): Value {
    const value: Value = { name, type };
    this.constants.push({ value, shape, data });
    return value;
  }
}

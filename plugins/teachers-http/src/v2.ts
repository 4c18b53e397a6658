import { objectOf, type Described, type Protocol, type RemoteInput } from './protocol.ts';
import { rowsOf, type Nested, type OutputRows } from './rows.ts';

/** Whole numbers from the least to the most that a type can hold. */
const WHOLE: ReadonlyMap<string, readonly [number, number]> = new Map([8, 16, 32, 64].flatMap((bits) => [
  [`INT${bits}`, [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1]] as const, [`UINT${bits}`, [0, 2 ** bits - 1]] as const,
]));
/** Types that JSON can hold; it has none for halves and texts. */
const INPUT_TYPES: ReadonlySet<string> = new Set(['FP32', 'FP64', 'BOOL', ...WHOLE.keys()]);
const OUTPUT_TYPES: ReadonlySet<string> = new Set([...INPUT_TYPES, 'FP16', 'BF16']);

/** The Open Inference Protocol of KServe and Triton: https://kserve.github.io/website/docs/concepts/architecture/data-plane/v2-protocol. */
export function v2(url: URL): Protocol {
  const model = url.pathname.replace(/\/(?:infer\/?)?$/, '');
  const types = new Map<string, string>();
  return {
    path: `${model}/infer`,
    describe: (server) => server.ask({ path: model }, (json) => describe(json, types)),
    question: (inputs, outputs) => ({
      inputs: Object.entries(inputs).map(([name, rows]) => {
        const datatype = types.get(name)!;
        return { name, shape: shapeOf(rows), datatype, data: ((rows as readonly unknown[]).flat(Infinity) as number[]).map((value) => encoded(value, datatype, name)) };
      }),
      ...(outputs ? { outputs: outputs.map((name) => ({ name })) } : {}),
    }),
    answered(json, rows) {
      const answer = objectOf(json, 'the answer');
      const version = typeof answer['model_version'] === 'string' ? answer['model_version'] : undefined;
      if (!Array.isArray(answer['outputs'])) throw new Error('the answer has no list `outputs`');
      const outputs: Record<string, OutputRows> = {};
      for (const each of answer['outputs']) {
        const output = objectOf(each, 'one of `outputs`');
        const name = nameOf(output);
        if (Object.hasOwn(outputs, name)) throw new Error(`the output '${name}' stands twice`);
        outputs[name] = outputOf(output, name, rows);
      }
      return { version, outputs };
    },
  };
}

function describe(json: unknown, types: Map<string, string>): Described {
  const { name, versions, inputs, outputs } = objectOf(json, 'the description of the model');
  if (!Array.isArray(inputs) || inputs.length === 0 || !Array.isArray(outputs)) throw new Error('the description of the model has no lists `inputs` and `outputs`');
  const ports = inputs.map((each): RemoteInput => {
    const input = objectOf(each, 'one of `inputs`');
    const datatype = String(input['datatype']);
    if (!INPUT_TYPES.has(datatype)) throw new Error(`its input '${nameOf(input)}' is ${datatype}, expected one of ${[...INPUT_TYPES].join(', ')}`);
    types.set(nameOf(input), datatype);
    return { name: nameOf(input), shape: lengthsOf(input).slice(1).map((length) => (length < 0 ? null : length)) };
  });
  return { model: JSON.stringify([name, versions]), inputs: ports, outputs: outputs.map((each) => nameOf(objectOf(each, 'one of `outputs`'))) };
}

function nameOf({ name }: Readonly<Record<string, unknown>>): string {
  if (typeof name === 'string' && name !== '') return name;
  throw new Error('an input or output has no name');
}

function lengthsOf({ shape }: Readonly<Record<string, unknown>>): readonly number[] {
  if (Array.isArray(shape) && shape.length > 0 && shape.every((length) => Number.isSafeInteger(length) && length >= -1)) return shape as number[];
  throw new Error('an input or output has no `shape` that begins with the batch');
}

function shapeOf(rows: readonly Nested[]): number[] {
  const lengths = (value: Nested): number[] => (typeof value === 'number' ? [] : [value.length, ...(value.length > 0 ? lengths(value[0]!) : [])]);
  return lengths(rows);
}

function encoded(value: number, datatype: string, name: string): number | boolean {
  if (datatype === 'BOOL') return value !== 0;
  const range = WHOLE.get(datatype);
  if (range && !(Number.isInteger(value) && value >= range[0] && value <= range[1])) {
    throw new Error(`the model wants whole numbers (${datatype}) for '${name}', of which ${value} in the data is none that it can hold; scale it in the teacher's \`preprocess\``);
  }
  return value;
}

/** Data come flat, or in lists of lists; the shape is said beside them. */
function outputOf(output: Readonly<Record<string, unknown>>, name: string, rows: number): OutputRows {
  const what = `the output '${name}'`;
  const { datatype, data } = output;
  if (!OUTPUT_TYPES.has(String(datatype))) throw new Error(`${what} is ${String(datatype)}, expected numbers`);
  const [batch, ...shape] = lengthsOf(output);
  if (batch !== rows) throw new Error(`${what} has ${batch} rows for ${rows} samples`);
  if (!Array.isArray(data)) throw new Error(`${what} has no \`data\``);
  const flat = (data.flat(Infinity) as unknown[]).map((value) => (datatype === 'BOOL' && typeof value === 'boolean' ? Number(value) : value));
  const expected = shape.reduce((size, length) => size * length, rows);
  if (flat.length !== expected) throw new Error(`${what} holds ${flat.length} numbers, its shape [${[batch, ...shape].join(', ')}] needs ${expected}`);
  return { shape, values: rowsOf(flat, flat.length, what).values };
}

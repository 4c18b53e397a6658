import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Backend, CompiledFunction, NamedTensors, PureFunction } from '@kd/core';
import { describeNative, startNative } from '../native.ts';

let backend: Backend & { readonly warnings: string[] };
const made: CompiledFunction[] = [];

/** Compiles, and calls it several times: the second call records again. */
function calls(name: string, fn: PureFunction, ...inputs: readonly NamedTensors[]): number[][] {
  const compiled = backend.compile!(name, fn);
  made.push(compiled);
  return inputs.map((given) => {
    const results = compiled(given);
    const values = [...Object.values(results)[0]!.dataSync()];
    for (const tensor of Object.values(results)) tensor.dispose();
    return values;
  });
}

const x = (...values: number[]): NamedTensors => ({ x: tf.tensor1d(values) });

describeNative('a compiled function', () => {
  beforeAll(async () => {
    backend = await startNative();
  });
  beforeEach(() => {
    backend.warnings.length = 0;
  });

  it('gives at every call what the function gives', () => {
    const square = ({ x: given }: Readonly<NamedTensors>): NamedTensors => ({ y: tf.add(tf.square(given!), 1) });
    expect(calls('squares', square, x(1, 2), x(3, 4), x(5, 6), x(-7, 8))).toEqual([[2, 5], [10, 17], [26, 37], [50, 65]]);
    expect(backend.warnings).toEqual([]);
  });

  it('is recorded for each shape, type and set of names', () => {
    let ran = 0;
    const sum = (given: Readonly<NamedTensors>): NamedTensors => {
      ran++;
      return { y: tf.addN(Object.values(given).map((tensor) => tf.sum(tf.cast(tensor, 'float32')))) };
    };
    const other = { x: tf.tensor1d([1, 2]), z: tf.tensor1d([3]) };
    expect(calls('sums', sum, x(1, 2), x(1, 2, 3), { x: tf.tensor1d([4], 'int32') }, other, x(1, 2), x(2, 2), x(1, 1, 1), x(5, 5))).toEqual([[3], [6], [4], [6], [3], [4], [3], [10]]);
    expect(ran).toBe(6); // four kinds of inputs, of which two came twice or more
  });

  it('leaves its inputs alone and hands out what it makes', () => {
    const given = x(1, 2);
    const compiled = backend.compile!('passes', ({ x: one }) => ({ same: one!, next: tf.add(one!, 1) }));
    const before = tf.memory().numTensors;
    for (let i = 0; i < 3; i++) {
      const { same, next } = compiled(given);
      given['x']!.dataSync();
      expect([...same!.dataSync()]).toEqual([1, 2]);
      tf.dispose([same!, next!]);
    }
    expect(tf.memory().numTensors).toBe(before);
    given['x']!.dispose();
    expect(() => compiled(given)).toThrow(/disposed/);
  });

  it('draws other numbers for each key, the same for the same key, and no two the same', () => {
    const draw = ({ key }: Readonly<NamedTensors>): NamedTensors => {
      const random = backend.random!(key as tf.Tensor1D);
      return { y: tf.concat([random.uniform([500], 'a'), random.uniform([500], 'a'), random.uniform([500], 'b')]), n: random.normal([500], 'a') };
    };
    const key = (...words: number[]): NamedTensors => ({ key: tf.tensor1d(words, 'int32') });
    const [first, again, other] = calls('draws', draw, key(1, 2), key(1, 2), key(1, 3));
    expect(again).toEqual(first);
    expect(new Set([...first!, ...other!]).size).toBeGreaterThan(2990);
    expect(Math.min(...first!)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...first!)).toBeLessThan(1);
    expect(first!.reduce((sum, value) => sum + value, 0) / 1500).toBeCloseTo(0.5, 1);
    const eager = draw(key(1, 2));
    expect([...eager['y']!.dataSync()]).toEqual(first);
  });

  it('inside another one is a part of that, and under a gradient tape differentiable', () => {
    const inner = backend.compile!('inner', ({ x: given }) => ({ y: tf.square(given!) }));
    const outer = ({ x: given }: Readonly<NamedTensors>): NamedTensors => ({ y: tf.add(inner({ x: given! })['y']!, 1) });
    expect(calls('outer', outer, x(3), x(4), x(5))).toEqual([[10], [17], [26]]);
    expect([...tf.grad((given) => tf.sum(inner({ x: given })['y']!))(tf.tensor1d([3])).dataSync()]).toEqual([6]);
    expect(backend.warnings).toEqual([]);
  });

  it('keeps what is made once inside it, and records again when something from outside is gone', () => {
    let table: tf.Tensor | undefined;
    const looks = ({ x: given }: Readonly<NamedTensors>): NamedTensors => {
      table ??= tf.keep(tf.tensor1d(Array.from({ length: 50 }, (_, i) => i)));
      return { y: tf.mul(given!, tf.sum(table)) };
    };
    expect(calls('looks', looks, x(1), x(2), x(3))).toEqual([[1225], [2450], [3675]]);
    const compiled = made.at(-1)!;
    expect([...table!.dataSync().slice(0, 3)]).toEqual([0, 1, 2]);
    table!.dispose();
    table = undefined;
    expect([...compiled(x(4))['y']!.dataSync()]).toEqual([4900]);
    expect(backend.warnings).toEqual([]);
  });

  it('runs again after it was freed', () => {
    expect(calls('freed', ({ x: given }) => ({ y: tf.neg(given!) }), x(1), x(2))).toEqual([[-1], [-2]]);
    made.at(-1)!.dispose();
    expect([...made.at(-1)!(x(3))['y']!.dataSync()]).toEqual([-3]);
  });

  it('tells whoever reads its outputs why it failed, and goes on at the next call', () => {
    const pick = backend.compile!('pick', ({ from, at }) => ({ y: tf.gather(from!, at!) }));
    made.push(pick);
    const call = (at: number): tf.Tensor => tf.tidy(() => pick({ from: tf.tensor1d([1, 2, 3]), at: tf.scalar(at, 'int32') })['y']!);
    for (const at of [0, 1, 2]) expect(call(at).arraySync()).toBe(at + 1);
    const bytes = backend.memory().bytes;
    const failed = call(7);
    expect(() => failed.dataSync()).toThrow(/indices = 7 is not in \[0, 3\)/);
    expect(() => tf.neg(failed)).toThrow(/indices = 7 is not in/);
    failed.dispose();
    call(8).dispose();
    // Nobody has heard yet that it failed: what was asked for before it did may fail with it, and nothing after that.
    const next = call(1);
    try {
      expect(next.arraySync()).toBe(2);
    } catch (error) {
      expect(String(error)).toMatch(/indices = 8 is not in/);
    }
    next.dispose();
    for (const at of [1, 2, 0]) expect(call(at).arraySync()).toBe(at + 1);
    expect(backend.memory().bytes).toBe(bytes + 3 * 4);
    expect(backend.warnings).toEqual([]);
  });

  it('may call functions with lists of tensors', () => {
    const lists = ({ x: given }: Readonly<NamedTensors>): NamedTensors => ({ y: tf.concat([tf.stack([given!, given!]), tf.reshape(tf.addN([given!, given!, given!]), [1, 2])]) });
    expect(calls('lists', lists, x(1, 2), x(1, 2), x(3, 4))[2]).toEqual([3, 4, 3, 4, 9, 12]);
    expect(backend.warnings).toEqual([]);
  });
});

describeNative('a function that cannot be compiled runs eagerly, and says why', () => {
  beforeAll(async () => {
    backend = await startNative();
  });
  let count = 0;
  const impure: Readonly<Record<string, readonly [PureFunction, RegExp]>> = {
    'with a number from outside': [({ x: given }) => ({ y: tf.mul(given!, tf.add(++count, 0)) }), /a value that comes from outside has changed, taken by AddV2, at .*compile\.test\.ts:\d+/],
    'of another course at each call': [({ x: given }) => ({ y: ++count % 2 ? tf.square(given!) : tf.abs(tf.square(given!)) }), /was followed by .*, at .*compile\.test\.ts:\d+/],
    'that draws by itself': [({ x: given }) => ({ y: tf.mul(given!, tf.randomUniform([1])) }), /a value that comes from outside has changed, taken by Mul, at .*compile\.test\.ts/],
    'that draws samples by itself': [({ x: given }) => ({ y: tf.add(given!, tf.multinomial(tf.tensor1d([0.5, 0.5]), 1)) }), /a value that comes from outside has changed, taken by StatelessMultinomial, at .*compile\.test\.ts/],
    'that reads': [({ x: given }) => ({ y: tf.mul(given!, given!.dataSync()[0]!) }), /reads the values of a tensor, which a recording does not have, at .*compile\.test\.ts:\d+/],
  };

  it.each(Object.keys(impure))('%s', (name) => {
    backend.warnings.length = 0;
    const [fn, why] = impure[name]!;
    expect(calls(`function ${name}`, fn, x(2), x(2), x(2), x(2))).toHaveLength(4);
    expect(backend.warnings).toHaveLength(1);
    expect(backend.warnings[0]).toMatch(why);
    expect(backend.warnings[0]).toContain(`function ${name}`);
  });

  it('or stops, where it was told to', async () => {
    const strict = await startNative({ impure: 'stop' });
    const compiled = strict.compile!('the step', ({ x: given }) => ({ y: tf.mul(given!, given!.dataSync()[0]!) }));
    const before = tf.memory().numTensors;
    const given = x(2);
    expect(() => compiled(given)).toThrow(/Cannot compile the step: it reads the values/);
    expect(tf.memory().numTensors).toBe(before + 1);
  });

  it('as an XLA program of an operation that XLA does not know', async () => {
    const xla = await startNative({ xla: true });
    const compiled = xla.compile!('the dilation', ({ x: given }) => ({ y: tf.dilation2d(tf.reshape(given!, [1, 2, 2, 1]) as tf.Tensor4D, tf.zeros([2, 2, 1]), 1, 'valid') }));
    for (let i = 0; i < 3; i++) expect([...compiled(x(1, 2, 3, 4))['y']!.dataSync()]).toEqual([4]);
    expect(xla.warnings).toHaveLength(1);
    expect(xla.warnings[0]).toMatch(/the dilation is not compiled, for .*(XLA|compil)/i);
  });

  it('a mistake of its own is thrown as it is', () => {
    backend.warnings.length = 0;
    const compiled = backend.compile!('wrong', ({ x: given }) => ({ y: tf.matMul(tf.reshape(given!, [1, 2]), tf.reshape(given!, [1, 2])) }));
    expect(() => compiled(x(1, 2))).toThrow(/Matrix size-incompatible/);
    expect(backend.warnings).toEqual([]);
  });
});

describe('without a library', () => {
  it('the backend is not available, and says how to get one', async () => {
    const { tensorflow } = await import('../../src/index.ts');
    const none = tensorflow.create({ xla: false, eager: false, impure: 'eager', library: '/nowhere' }, { base: process.cwd() });
    expect(await none.available()).toMatch(/\/nowhere/);
    await expect(none.start()).rejects.toThrow(/\/nowhere/);
  });
});

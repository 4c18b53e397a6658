import * as tf from '@tensorflow/tfjs-core';
import { compiledStep, createStep, disposeAll, fromArrays, pickStudent, Random, resolveConfig, studentData, type Backend, type Batch, type KdConfig, type NamedTensors, type Optimizer, type Plugin, type Step, type TakenStep } from '@kd/core';
import type { StudentCase } from './students.ts';

const spaces = { kind: ['a', 'b', 'c', 'd'], pair: { of: 'kind', groups: { first: ['a', 'b'], second: ['c', 'd'] } }, part: { of: 'kind', only: ['a', 'b', 'c'] } };
const classes: Readonly<Record<string, number>> = { kind: 4, pair: 2, part: 3 };

export interface Losses {
  readonly losses: readonly number[];
  readonly weights: readonly ArrayLike<number>[];
}

/** A student, three stored teachers of different label spaces, and a fixed batch. */
export class Trainer {
  readonly #backend: Backend;
  readonly #step: Step;
  readonly #tensors: NamedTensors;
  readonly #rows: number;
  readonly #optimizer: Optimizer;
  readonly #knobs: NamedTensors;

  static async of(backend: Backend, { build, shape, words }: StudentCase, { rows = 8, plugins = [], recompute = false, ...changes }: Partial<KdConfig> & { rows?: number; plugins?: readonly Plugin[]; recompute?: boolean } = {}): Promise<Trainer> {
    const stream = new Random(5).stream('trainer');
    const size = shape.reduce((product, length) => product * length, 1);
    const values = stream.fillUniform(new Float32Array(rows * size)).map((value) => (words ? Math.floor(value * words) : 2 * value - 1));
    const labels = Int32Array.from({ length: rows }, (_, row) => row % 4);
    const train = fromArrays({ inputs: { x: { shape, values } }, labels: { kind: labels } });
    const resolved = resolveConfig({
      data: { train }, labels: spaces, student: { model: build }, alpha: 0.4,
      teachers: Object.fromEntries(Object.keys(classes).map((id) => [id, { speaks: id, predict: () => tf.zeros([1, classes[id]!]) }])),
      ...changes,
    } as KdConfig, { plugins });
    const { model, objective, inputs } = await pickStudent({ resolved, data: { train } as never });
    studentData({ dataset: train, wanted: objective.heads.map(({ space }) => space), spaces: resolved.spaces, random: resolved.random });
    const tensors: NamedTensors = { rows: tf.range(0, rows, 1, 'int32'), 'labels/kind': tf.tensor1d(labels, 'int32') };
    const bound = inputs({ x: tf.tensor(values, [rows, ...shape]) });
    for (const name in bound) tensors[`inputs/${name}`] = bound[name]!;
    for (const [id, count] of Object.entries(classes)) tensors[`signals/${id}/logits`] = tf.tensor2d(stream.fillNormal(new Float32Array(rows * count)), [rows, count]);
    const { optimizer } = resolved.training;
    const step = createStep({ student: model, objective, optimizer, random: resolved.random, samples: rows, clipNorm: resolved.training.clipNorm, recompute });
    const knobs: NamedTensors = { alpha: tf.scalar(0.4), learningRate: tf.scalar(0.01) };
    for (const { name } of objective.hard) knobs[`count/${name}`] = tf.scalar(rows);
    for (const { name } of objective.soft) Object.assign(knobs, { [`count/${name}`]: tf.scalar(rows), [`trust/${name}`]: tf.scalar(1) });
    return new Trainer(backend, step, tensors, rows, optimizer, knobs);
  }

  private constructor(backend: Backend, step: Step, tensors: NamedTensors, rows: number, optimizer: Optimizer, knobs: NamedTensors) {
    this.#backend = backend;
    this.#step = step;
    this.#tensors = tensors;
    this.#rows = rows;
    this.#optimizer = optimizer;
    this.#knobs = knobs;
  }

  /** Trains from the first weights and gives the losses and the last state. @param each called after each step */
  async train(how: 'eager' | 'compiled', steps: number, each: (step: number) => void = () => {}): Promise<Losses> {
    const draw = (knobs: Readonly<NamedTensors>): ReturnType<NonNullable<Backend['random']>> => this.#backend.random!(knobs['random'] as tf.Tensor1D);
    const step = how === 'eager' ? this.#step : compiledStep(this.#step, this.#backend.compile!, draw);
    let { state } = this.#step.initial();
    const losses: number[] = [];
    for (let i = 0; i < steps; i++) {
      const own: NamedTensors = { random: tf.tensor1d([i, 7], 'int32') };
      for (const [name, value] of Object.entries(this.#optimizer.knobs?.(i + 1) ?? {})) own[`optimizer/${name}`] = tf.scalar(value);
      const taken: TakenStep = step.take(state, this.#batch, { ...this.#knobs, ...own }, draw);
      losses.push((await taken.stats.data())[0]!);
      taken.stats.dispose();
      state = taken.accept();
      disposeAll(own);
      each(i);
    }
    const weights = await Promise.all(Object.values(state).map((tensor) => tensor.data()));
    disposeAll(state);
    if ('dispose' in step) (step as { dispose(): void }).dispose();
    return { losses, weights };
  }

  get #batch(): Batch {
    const all = [0, this.#rows] as const;
    return { layout: { rows: this.#rows, labelled: all, transfer: all }, tensors: this.#tensors };
  }
}

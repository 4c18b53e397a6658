import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { mean } from '../../src/built-in/aggregation/mean.ts';
import { crossEntropy } from '../../src/built-in/losses/cross-entropy.ts';
import { klDivergence } from '../../src/built-in/losses/kl-divergence.ts';
import { targetOf } from '../../src/knowledge/target.ts';
import { resolveLabelSpaces, type LabelSpaceConfig } from '../../src/labels/resolve-label-spaces.ts';
import { viewOf, type View } from '../../src/labels/view.ts';
import { granularityOf } from '../../src/labels/granularity.ts';
import { perSampleOf, type Loss, type LossContext } from '../../src/objective/loss.ts';
import { eagerRandom, Random } from '../../src/tensor/random.ts';
import { lossInput, studentIn } from '../../src/step/term-input.ts';
import { weighedMean } from '../../src/step/weighed-mean.ts';
import { casesOf, expectClose, expectGolden, tensorOf, valueAndGradient, type GoldenCase, type Stored } from '../../../../test/golden/golden-cases.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `f${i}`);

/** The view of a label space that is declared in terms of `fine`. */
function viewFrom(fineClasses: number, declared: LabelSpaceConfig): View {
  const spaces = resolveLabelSpaces({ fine: names(fineClasses), other: declared });
  return viewOf(spaces.get('fine')!, spaces.get('other')!)!;
}

function coarseView({ shape: [fine, coarse], data }: Stored): View {
  const groups = Object.fromEntries(Array.from({ length: coarse! }, (_, g) => [`g${g}`, names(fine!).filter((_name, f) => data[f * coarse! + g] === 1)]));
  return viewFrom(fine!, { of: 'fine', groups });
}

const context: LossContext = { state: {}, knobs: {}, get rows() { return tf.tensor1d([], 'int32'); }, random: eagerRandom(new Random(1), 0) };
const features = { student: {}, teacher: {} };

function kl(temperature: number): (student: Tensor2D, teacher: Tensor2D) => Tensor1D {
  const loss = klDivergence.create({ temperature }, {}) as Loss;
  return (student, teacher) => perSampleOf(loss.compute({ student, target: targetOf(teacher), labels: tf.zeros<tf.Rank.R1>([student.shape[0]], 'int32'), features }, context));
}

function labelLoss(student: Tensor2D, labels: Tensor1D): Tensor1D {
  const loss = crossEntropy.create({ labelSmoothing: 0 }, {}) as Loss;
  return perSampleOf(loss.compute({ student, target: targetOf(student), labels, features }, context));
}

const input = (golden: GoldenCase, name: string): Tensor2D => tensorOf(golden.inputs[name]!);

describe('a coarse teacher: sum at T = 1, then temper', () => {
  test.each(casesOf('granularity', /^coarse_teacher_(?!temper_first|soft_mapping)/))('$name', (golden) => {
    const view = coarseView(golden.inputs['mapping']!);
    const teacher = input(golden, 'teacher_coarse_logits');
    expectGolden(golden, valueAndGradient(input(golden, 'student_logits'), (student) => kl(golden.params['temperature'])(view.apply(student), teacher)));
  });
});

describe('a coarse teacher, tempered first', () => {
  /** What a soft term sees of the student, and its loss. */
  const temperedFirst = (view: View, T: number, temperFirst = true): ((student: Tensor2D, teacher: Tensor2D) => Tensor1D) => {
    const loss = klDivergence.create({ temperature: T }, {}) as Loss;
    const granularity = { name: view.to.name, space: view.to, head: view.from, view, full: false };
    const term = { name: 'coarse', granularity, head: { space: view.from, output: '' }, teachers: [], aggregator: mean.create({ of: 'probabilities' }, {}), prepared: undefined, loss, temperFirst, weight: 1 };
    return (student, teacher) => {
      const labels = tf.zeros<tf.Rank.R1>([student.shape[0]], 'int32');
      const prepared = { term, signals: { signals: [], sparse: undefined }, labels: () => labels, aggregate: { target: targetOf(teacher) } };
      return perSampleOf(loss.compute(lossInput(prepared, studentIn(prepared, student), features, context, (_, target) => target).input, context));
    };
  };

  test.each(casesOf('granularity', /^coarse_teacher_temper_first_/))('$name', (golden) => {
    const loss = temperedFirst(coarseView(golden.inputs['mapping']!), golden.params['temperature']);
    const teacher = input(golden, 'teacher_coarse_logits');
    expectGolden(golden, valueAndGradient(input(golden, 'student_logits'), (student) => loss(student, teacher)));
  });

  test('blames a student that agrees, unlike the rule; at T = 1 they are the same', () => {
    const view = viewFrom(4, { of: 'fine', groups: { many: ['f0', 'f1', 'f2'], one: ['f3'] } });
    const student = tf.tensor2d([[1, 0, -1, 2]]);
    const agreeing = view.apply(student);
    expect(temperedFirst(view, 4)(student, agreeing).dataSync()[0]).toBeGreaterThan(0.5);
    expectClose(temperedFirst(view, 4, false)(student, agreeing).dataSync(), [0]);
    const other = tf.tensor2d([[0.5, 1]]);
    expectClose(temperedFirst(view, 1)(student, other).dataSync(), temperedFirst(view, 1, false)(student, other).dataSync());
  });
});

describe('a coarse teacher whose classes have soft borders', () => {
  test.each(casesOf('granularity', /^coarse_teacher_soft_mapping_/))('$name', (golden) => {
    const { shape: [fine, coarse], data } = golden.inputs['mapping']!;
    const shares = Object.fromEntries(Array.from({ length: coarse! }, (_, g) => [`g${g}`, Object.fromEntries(names(fine!).map((name, f) => [name, data[f * coarse! + g]!]))]));
    const view = viewFrom(fine!, { of: 'fine', shares });
    const teacher = input(golden, 'teacher_coarse_logits');
    expectGolden(golden, valueAndGradient(input(golden, 'student_logits'), (student) => kl(golden.params['temperature'])(view.apply(student), teacher)));
  });
});

describe('a fine teacher for a coarse student', () => {
  test.each(casesOf('granularity', /^fine_teacher_/))('$name', (golden) => {
    const view = coarseView(golden.inputs['mapping']!);
    const teacher = view.apply(input(golden, 'teacher_fine_logits'));
    expectGolden(golden, valueAndGradient(input(golden, 'student_coarse_logits'), (student) => kl(golden.params['temperature'])(student, teacher)));
  });
});

describe('coarse labels', () => {
  test.each(casesOf('granularity', /^coarse_label_nll_/))('$name', (golden) => {
    const view = coarseView(golden.inputs['mapping']!);
    const labels = tensorOf<Tensor1D>({ ...golden.inputs['coarse_labels']!, dtype: 'int32' });
    expectGolden(golden, valueAndGradient(input(golden, 'student_logits'), (student) => labelLoss(view.apply(student), labels)));
  });
});

describe('a partial teacher: restricted and renormalised', () => {
  const partial = ({ inputs: { student_logits, subset } }: GoldenCase): View => {
    const classes = student_logits!.shape[1]!;
    return viewFrom(classes, { of: 'fine', only: subset!.data.map((i) => names(classes)[i]!) });
  };

  test.each(casesOf('granularity', /^restricted_kl_(?!sample_mask)/))('$name', (golden) => {
    const teacher = input(golden, 'teacher_subset_logits');
    const view = partial(golden);
    expect(view.coversAll).toBe(false);
    expectGolden(golden, valueAndGradient(input(golden, 'student_logits'), (student) => kl(golden.params['temperature'])(view.apply(student), teacher)));
  });

  test.each(casesOf('granularity', /^restricted_ce_/))('$name: the gradient of KL without T²', (golden) => {
    const T = golden.params['temperature'] as number;
    const teacher = input(golden, 'teacher_subset_logits');
    const { gradient } = valueAndGradient(input(golden, 'student_logits'), (student) => kl(T)(partial(golden).apply(student), teacher));
    expectGolden(golden, { gradient: gradient.map((slope) => slope / (T * T)) });
  });

  test.each(casesOf('granularity', /^restricted_kl_sample_mask_/))('$name', (golden) => {
    const teacher = input(golden, 'teacher_subset_logits');
    const mask = tf.cast(tensorOf<Tensor1D>(golden.inputs['sample_mask']!), 'bool');
    const kept = tf.scalar(Math.max(1, golden.inputs['sample_mask']!.data.reduce((sum, one) => sum + one, 0)));
    const loss = (student: Tensor2D): Scalar => {
      const perSample = kl(golden.params['temperature'])(partial(golden).apply(student), teacher);
      return weighedMean(perSample, { term: 'partial', rows: student.shape[0], mask, weights: undefined, count: kept });
    };
    const { value, grad } = tf.valueAndGrad((student) => loss(student as Tensor2D))(input(golden, 'student_logits'));
    expectGolden(golden, { value: value.dataSync()[0]!, gradient: grad.dataSync() });
  });
});

describe('a teacher with a class for everything else', () => {
  /** Maps `[batch, classes, height, width]` as one row a position. */
  const rows = (map: Tensor4D): Tensor2D => tf.reshape(tf.transpose(map, [0, 2, 3, 1]), [-1, map.shape[1]]);

  test.each(casesOf('granularity', /^background_unbiased_kd_/))('$name', (golden) => {
    const [, classes] = golden.inputs['student_logits']!.shape as [number, number];
    const [, known] = golden.inputs['teacher_logits']!.shape as [number, number];
    // The case puts `other` first, a partial space puts it last.
    const view = viewFrom(classes, { of: 'fine', only: names(classes).slice(1, known), other: true });
    expect(view.to.classes.at(-1)).toBe('other');
    const teacher = tf.mul(rows(tensorOf<Tensor4D>(golden.inputs['teacher_logits']!)), golden.params['alpha']);
    const otherLast = tf.concat([tf.slice(teacher, [0, 1]), tf.slice(teacher, [0, 0], [-1, 1])], 1) as Tensor2D;
    const p = tf.softmax(otherLast);
    const entropy = tf.neg(tf.mean(tf.sum(tf.mul(p, tf.logSoftmax(otherLast)), -1))).dataSync()[0]!;
    const { value, gradient } = valueAndGradient(tensorOf<Tensor4D>(golden.inputs['student_logits']!), (student) => kl(1)(view.apply(rows(student)), otherLast));
    // The case is a cross-entropy divided by the number of the teacher's classes.
    expectGolden(golden, { value: (value + entropy) / known, gradient: gradient.map((slope) => slope / known) });
  });

  test.each(casesOf('granularity', /^background_unbiased_ce_/))('$name', (golden) => {
    const [, classes] = golden.inputs['student_logits']!.shape as [number, number];
    const old = golden.params['old_classes'] as number;
    const fresh = Object.fromEntries(names(classes).slice(old).map((name) => [name, [name]]));
    const view = viewFrom(classes, { of: 'fine', groups: { old: names(classes).slice(0, old), ...fresh } });
    const labels = view.labels(tf.tensor1d(golden.inputs['labels']!.data, 'int32'));
    expectGolden(golden, valueAndGradient(tensorOf<Tensor4D>(golden.inputs['student_logits']!), (student) => labelLoss(view.apply(rows(student)), labels)));
  });
});

test.each(casesOf('granularity', /^per_granularity_weights_/))('$name: the weighted sum of two granularities', (golden) => {
  const view = coarseView(golden.inputs['mapping']!);
  const { weights, temperatures } = golden.params as { weights: Record<string, number>; temperatures: Record<string, number> };
  const fine = input(golden, 'teacher_fine_logits');
  const coarse = input(golden, 'teacher_coarse_logits');
  expectGolden(golden, valueAndGradient(input(golden, 'student_logits'), (student) => tf.add(
    tf.mul(kl(temperatures['fine']!)(student, fine), weights['fine']!),
    tf.mul(kl(temperatures['coarse']!)(view.apply(student), coarse), weights['coarse']!),
  ) as Tensor1D));
});

describe('which granularity a teacher speaks', () => {
  const spaces = resolveLabelSpaces({
    digit: ['0', '1', '2', '3'],
    parity: { of: 'digit', groups: { even: ['0', '2'], odd: ['1', '3'] } },
    low: { of: 'digit', only: ['1', '0'] },
    backwards: { of: 'digit', only: ['3', '2', '1', '0'] },
    colour: ['red', 'blue'],
  });
  const [digit, parity, low, backwards, colour] = ['digit', 'parity', 'low', 'backwards', 'colour'].map((name) => spaces.get(name)!);

  test('is not full where a class of the head is shared by two, though each has it alone', () => {
    const spaces = resolveLabelSpaces({ animal: ['cat', 'cow'], place: { of: 'animal', shares: { street: { cat: 0.4 }, house: { cat: 0.6 }, farm: { cow: 1 } } } });
    expect(granularityOf(spaces.get('place')!, [spaces.get('animal')!], 'p').full).toBe(false);
  });

  test('a coarser and a partial teacher are compared in their own space', () => {
    expect(granularityOf(parity!, [digit!], 'p')).toMatchObject({ name: 'parity', full: false, space: parity, head: digit });
    expect(granularityOf(low!, [digit!], 'l')).toMatchObject({ name: 'low', full: false, space: low });
    expect(granularityOf(backwards!, [digit!], 'b').full).toBe(true);
  });

  test('a finer teacher is compared in the space of the head', () => {
    const granularity = granularityOf(digit!, [parity!], 'd');
    expect(granularity).toMatchObject({ name: 'parity', full: true, space: parity });
    expect(granularity.view.isIdentity).toBe(true);
  });

  test('another task is found at its own head, and nowhere else', () => {
    expect(granularityOf(colour!, [digit!, colour!], 'c').head).toBe(colour);
    expect(() => granularityOf(colour!, [digit!], 'c')).toThrow(expect.objectContaining({ code: 'KD_LABEL_SPACES_UNRELATED' }));
  });

  test('labels follow the view, and are unknown where it does not reach', () => {
    const view = viewOf(digit!, low!)!;
    expectClose(view.labels(tf.tensor1d([0, 1, 2, 3, -1], 'int32')).dataSync(), [1, 0, -1, -1, -1]);
    expect([0, 1, 2, 3, -1].map((label) => view.label(label))).toEqual([1, 0, -1, -1, -1]);
  });
});

import { describe, expect, test } from 'vitest';
import { defineConfig, definePlugin, resolveConfig, type KdConfig } from '../../src/index.ts';
import { config, failure, knowsLetters, knowsVowels, net } from '../small-task.ts';

/** What is said about a config. */
async function said(changes: object): Promise<string> {
  return (await failure(() => resolveConfig({ ...config(), ...changes } as KdConfig))).message;
}

async function problems(changes: object): Promise<readonly string[]> {
  const { details } = await failure(() => resolveConfig({ ...config(), ...changes } as KdConfig, { source: 'kd.config.ts' }), 'KD_CONFIG_INVALID');
  expect(details['source']).toBe('kd.config.ts');
  return details['problems'] as readonly string[];
}

describe('the shape', () => {
  test('all mistakes are said at once, with the path of each and what was likely meant', async () => {
    expect(await problems({
      studnet: {}, student: { modle: 'x', model: 'y' }, train: { epoch: 3, batchSize: 0, batches: 'jointly' }, alpha: 2, seed: -1,
      teachers: { low: { speaks: 'letter', spekas: 'x', gives: 'odds' } }, data: { train: 'x', labeled: 4 },
    })).toEqual([
      "data.labeled: unknown key, did you mean 'labelled'?",
      expect.stringMatching(/^teachers\.low\.gives: expected one of "logits".*, received "odds"$/),
      "teachers.low.spekas: unknown key, did you mean 'speaks'?",
      "student.modle: unknown key, did you mean 'model'?",
      'alpha: expected a number of at most 1, received 2',
      'train.batchSize: expected a number greater than 0, received 0',
      expect.stringMatching(/^train\.batches: .*"joint", received "jointly"$/),
      "train.epoch: unknown key, did you mean 'epochs'?",
      'seed: expected a number of at least 0, received -1',
      "studnet: unknown key, did you mean 'student'?",
    ]);
  });

  test('inside values that may be written in several ways too', async () => {
    expect(await problems({ soft: { letter: { los: 'kl-divergence' } } })).toEqual(expect.arrayContaining(["soft.letter.los: unknown key, did you mean 'loss'?"]));
    expect(await problems({ labels: { letter: ['a'], vowel: { of: 'letter', grups: {} } } })).toEqual(expect.arrayContaining(["labels.vowel.grups: unknown key, did you mean 'groups'?"]));
    expect(await problems({ teachers: { low: { speaks: 'letter', train: { epoch: 3 } } } })).toEqual(["teachers.low.train.epoch: unknown key, did you mean 'epochs'?"]);
    expect(await problems({ soft: { letter: 5 } })).toEqual(["soft.letter: expected 'name' or ['name', options], received 5"]);
    expect(await problems({ aggregation: ['mean', {}, 3] })).toEqual(["aggregation: expected 'name' or ['name', options], received a list of 3"]);
    expect(await problems({ labels: { letter: 3 } })).toEqual(['labels.letter: expected a list of classes, { of, groups }, { of, shares }, { of, only, other? } or { values }, received 3']);
    expect(await problems({ student: { model: 'x', heads: {} } })).toEqual(['student.heads: name at least one head']);
    expect(await problems({ student: { model: 'x', preprocess: './x.js' } })).toEqual(['student.preprocess: expected a function, or, in a file of the kd command, the path of a module whose default export is one, received "./x.js"']);
  });

  test('what is missing altogether', async () => {
    const { details } = await failure(() => resolveConfig({} as KdConfig), 'KD_CONFIG_INVALID');
    expect((details['problems'] as string[]).map((problem) => problem.split(':')[0])).toEqual(['data', 'labels', 'student']);
    await failure(() => resolveConfig(undefined as never), 'KD_CONFIG_INVALID');
    await failure(() => resolveConfig('kd.config.ts' as never), 'KD_CONFIG_INVALID');
  });
});

describe('the meaning', () => {
  test('all mistakes are said at once', async () => {
    const untrained = { model: net(), speaks: 'letter', train: { optimizer: 'adamm' } };
    const found = await problems({
      teachers: { letters: { predict: knowsLetters, model: net(), speaks: 'letter' }, untrained },
      soft: { letter: 'kl-divergance', vowel: 'kl-divergence' }, hard: { letter: 'cross-entrpy', word: 'cross-entropy' },
      alpha: ['constant', { alpha: 3 }], memory: 'hole-batch', train: { schedule: 'cosin', optimizer: ['adam', { beta1: 2 }] },
    });
    expect(found).toHaveLength(10);
    for (const [i, expected] of [
      /alpha: the options of alpha 'constant' are wrong: alpha: /, /memory: no memory is called 'hole-batch'; did you mean 'whole-batch'\?/, /train\.optimizer: the options of optimizer 'adam' are wrong: beta1: /,
      /train\.schedule: no schedule is called 'cosin'; did you mean 'cosine'\?/,
      /soft\.letter: no loss is called 'kl-divergance'; did you mean 'kl-divergence'\?/, /Term 'vowel': .* needs a teacher, but no teacher speaks 'vowel'/,
      /hard\.letter: no loss is called 'cross-entrpy'; did you mean 'cross-entropy'\?/, /Unknown label space 'word' in hard\.word/,
      /Teacher 'letters' has model and predict/, /teachers\.untrained\.train\.optimizer: no optimizer is called 'adamm'; did you mean 'adam'\?/,
    ].entries()) expect(found.some((problem) => expected.test(problem)), `${i}: ${expected}\n${found.join('\n')}`).toBe(true);
  });

  test('a mistake in one place does not hide those in others', async () => {
    const others = { alpha: 'refere', aggregation: 'maen', soft: { letter: 'kl-divergance' }, hard: { letter: 'cross-entrpy' }, backend: 'wsm', data: { train: ['cvs', {}] } };
    const expected = [/alpha: /, /aggregation: /, /soft\.letter: no loss/, /hard\.letter: no loss/, /backend: no backend is called 'wsm'/, /data\.train: no data is called 'cvs'/];
    for (const [more, own] of [
      [{ labels: { letter: ['a', 'a'] } }, /lists 'a' twice/],
      [{ student: { model: net(), heads: { word: 'logits' } } }, /'word' in student\.heads/],
      [{ teachers: { letters: { predict: knowsLetters, speaks: 'leter' } } }, /'leter' in teachers\.letters\.speaks/],
      [{ student: { model: net(), heads: { word: 'logits' } }, teachers: { letters: { predict: knowsLetters, speaks: 'leter' } } }, /'leter' in teachers\.letters\.speaks/],
      [{ teachers: { letters: { source: 'stord-predictions', speaks: 'letter' } } }, /teachers\.letters\.source: no teacher/],
    ] as const) {
      const found = await problems({ ...others, ...more });
      for (const pattern of [...expected, own]) expect(found.filter((problem) => pattern.test(problem)), `${pattern}\n${found.join('\n')}`).toHaveLength(1);
    }
  });

  const cases: [what: string, changes: object, message: RegExp][] = [
    ['a label space of one class', { labels: { letter: ['a'] } }, /Label space 'letter' has one class only, 'a': .*`other: true`/],
    ['a view of one class', { labels: { letter: ['a', 'b'], all: { of: 'letter', groups: { both: ['a', 'b'] } } } }, /Label space 'all' has one class only, 'both'/],
    ['an unknown class', { labels: { letter: ['a', 'b'], first: { of: 'letter', only: ['c'] } } }, /'c' in labels\.first\.only is not a class of label space 'letter'/],
    ['a class in no group', { labels: { letter: ['a', 'b', 'c'], vowel: { of: 'letter', groups: { yes: ['a'], no: ['b'] } } } }, /leaves out c of 'letter'/],
    ['a class in two groups', { labels: { letter: ['a', 'b'], vowel: { of: 'letter', groups: { yes: ['a'], no: ['b', 'a'] } } } }, /puts 'a' into yes, no/],
    ['a label space made of itself', { labels: { letter: { of: 'letter', only: ['a'] } } }, /defined by itself/],
    ['an unknown label space', { teachers: { letters: { predict: knowsLetters, speaks: 'leter' } } }, /Unknown label space 'leter' in teachers\.letters\.speaks/],
    ['options of a source beside it', { teachers: { letters: { source: 'remote', output: 'logits', gives: 'logits', speaks: 'letter' } } }, /Teacher 'letters' has output, gives beside its `source`/],
    ['an unknown head', { student: { model: net(), heads: { word: 'logits' } } }, /Unknown label space 'word' in student\.heads/],
    ['a teacher of something else', { teachers: { hands: { predict: knowsVowels, speaks: 'hand' } } }, /no view of a head of the student \(letter\)/],
    ['a teacher that no term hears', { soft: { vowel: 'kl-divergence' }, teachers: { letters: { predict: knowsLetters, speaks: 'letter' }, vowels: { predict: knowsVowels, speaks: 'vowel' } } }, /Teacher 'letters' is used by no term of `soft` \(vowel\)/],
    ['a term with a teacher that is not there', { soft: { letter: { loss: 'kl-divergence', teachers: ['letters', 'leters'] } } }, /needs teacher 'leters', but teachers are letters/],
    ['a term of teachers that speak otherwise', { soft: { vowel: { loss: 'kl-divergence', teachers: ['hands'] }, letter: 'kl-divergence' }, teachers: { hands: { predict: knowsVowels, speaks: 'hand' }, letters: { predict: knowsLetters, speaks: 'letter' } } }, /Teacher 'hands' speaks 'hand'/],
    ['a loss of the other side', { soft: { letter: 'cross-entropy' } }, /Term 'letter': the loss 'cross-entropy' needs labels, but it stands under `soft`; move it to `hard`/],
    ['a loss of the other side again', { hard: { letter: 'kl-divergence' } }, /the loss 'kl-divergence' needs teachers, but it stands under `hard`/],
    ['an unknown strategy', { aggregation: 'maen' }, /aggregation: no aggregator is called 'maen'; did you mean 'mean'\?/],
    ['an unknown strategy in another', { aggregation: ['per-granularity', { letter: 'maen' }] }, /aggregation\.letter: no aggregator is called 'maen'/],
    ['wrong options', { soft: { letter: ['kl-divergence', { temperature: -1, warmth: 2 }] } }, /soft\.letter: the options of loss 'kl-divergence' are wrong: temperature: expected a number greater than 0, received -1; warmth: unknown key; known are temperature/],
    ['a misspelt option', { train: { optimizer: ['adam', { learningRat: 0.1, weightDeacy: 1 }] } }, /learningRat: unknown key, did you mean 'learningRate'\?; weightDeacy: unknown key/],
    ['a misspelt option alone', { train: { optimizer: ['adam', { learningRat: 0.1 }] } }, /did you mean 'learningRate'\?$/],
    ['options of the wrong kind', { soft: { letter: ['kl-divergence', { temperature: 'hot' }] } }, /temperature: expected a number, received "hot"/],
    ['options that are a list', { soft: { letter: ['kl-divergence', [4]] } }, /are wrong: expected values by name, received a list of 1\./],
    ['options where there are none', { memory: ['whole-batch', { rows: 3 }] }, /memory: the options of memory 'whole-batch' are wrong: it takes no options/],
    ['a learning rate that is no number', { train: { optimizer: ['adam', { learningRate: 'fast' }] } }, /learningRate: expected a number of at least 0, received fast/],
    ['a negative learning rate', { train: { optimizer: ['sgd', { learningRate: -1 }] } }, /learningRate: expected a number of at least 0/],
    ['options that are none', { train: { optimizer: ['adam', 0.1] } }, /train\.optimizer: the options of optimizer 'adam' are wrong: expected options by name, received number/],
    ['a teacher without a source', { teachers: { letters: { speaks: 'letter' } } }, /Teacher 'letters' has no source/],
    ['a function that should be trained', { teachers: { letters: { predict: knowsLetters, speaks: 'letter', train: true } } }, /Teacher 'letters' has predict and train/],
    ['a plugin’s name, in memory', { plugins: ['losses'] }, /'losses' is no kd plugin: .*in memory, give the plugin itself/],
    ['a plugin without a name', { plugins: [{ strategies: [] }] }, /is no kd plugin: it has no name/],
    ['two plugins of one name', { plugins: [definePlugin({ name: 'acme' }), definePlugin({ name: 'acme' })] }, /Two plugins are called 'acme'/],
    ['a plugin that fails', { plugins: [definePlugin({ name: 'acme', apply: () => { throw new Error('no way'); } })] }, /Plugin 'acme' failed in its `apply`: no way\. Nothing has run yet/],
  ];
  test.each(cases)('%s', async (_what, changes, message) => {
    expect(await said(changes)).toMatch(message);
  });
});

describe('what is resolved', () => {
  test('is a copy that nobody can change, and models, data and functions stay what they are', () => {
    const own = config();
    const { config: resolved } = resolveConfig(own);
    expect(resolved).toEqual(own);
    expect(resolved).not.toBe(own);
    expect(Object.isFrozen(resolved.train)).toBe(true);
    expect(Object.isFrozen(own.train)).toBe(false);
    expect(resolved.data.train).toBe(own.data.train);
    expect(resolved.student.model).toBe(own.student.model);
    expect(defineConfig(own)).toBe(own);
  });

  test('defaults: the first space is the head, every granularity has a term, α is 0.5 without the adaptive plugin', () => {
    const { heads, soft, alpha, training, name, random } = resolveConfig({
      data: config().data, labels: { letter: ['a', 'b', 'c', 'd'], vowel: { of: 'letter', groups: { yes: ['a', 'd'], no: ['b', 'c'] } }, place: { values: ['x'] } },
      teachers: { letters: { predict: knowsLetters, speaks: 'letter' }, again: { predict: knowsLetters, speaks: 'letter' }, vowels: { predict: knowsVowels, speaks: 'vowel' } },
      student: { model: net() as never },
    });
    expect(heads.map((head) => head.name)).toEqual(['letter']);
    expect(soft.map((term) => [term.name, term.weight, term.teachers.map(({ id }) => id)])).toEqual([['letter', 1, ['letters', 'again']], ['vowel', 1, ['vowels']]]);
    expect([alpha.label, training.epochs, training.batchSize, training.labelledBatchSize, training.learningRate, name, random.seed]).toEqual(['0.5', 10, 128, 64, 1e-3, 'default', 0]);
  });
});

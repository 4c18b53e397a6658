import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Dataset } from '../data/dataset.ts';
import type { Predict } from '../knowledge/function-teacher.ts';
import type { TeacherOutput } from '../knowledge/teacher.ts';
import type { LabelSpacesConfig } from '../labels/resolve-label-spaces.ts';
import type { Preprocess } from '../model/bind-inputs.ts';
import type { Model } from '../model/model.ts';
import type { Plugin } from '../plugin/plugin.ts';
import type { SpecOf } from './known-strategies.ts';

/** A trained or untrained model, a function that builds one, or, with @kd/node, the path of either. */
export type ModelReference = LayersModel | Model | ModelFactory | GraphModelLike | string;

/** Builds an untrained model. Its first weights depend on the run's seed alone. */
export type ModelFactory = (context: { readonly seed: number }) => LayersModel | Model | Promise<LayersModel | Model>;

/** What kd uses of a TensorFlow.js graph model. It can teach, not learn. */
export interface GraphModelLike {
  predict(inputs: never): unknown;
  readonly inputs: readonly { readonly name: string; readonly shape?: readonly number[]; readonly dtype?: string }[];
  readonly outputs: readonly { readonly name: string }[];
  execute(inputs: never, outputs: never): unknown;
}

/** Samples: a data set in memory, or a reader chosen by name, or, with @kd/node, a module's path. */
export type DataReference = Dataset | SpecOf<'data'>;

export interface DataConfig {
  /** The transfer set, with or without labels; also what teachers are trained on. */
  readonly train: DataReference;
  /** Judges teachers and student at the end. */
  readonly test?: DataReference;
  /**
   * Judges every training after each of its epochs; nothing learns from it. A data set, or the share of the labels that the
   * student may see (all of `train`'s, or `labelled`), between 0 and 1, that is held back for it, spread evenly over the classes.
   */
  readonly validation?: DataReference | number;
  /** How many of the labels the student may see, a share for `validation` among them; spread evenly over its classes. All when left out. */
  readonly labelled?: number;
}

export interface TrainConfig {
  /** Passes over the transfer set (labels alone: over the labelled samples); default 10. */
  readonly epochs?: number;
  /** Transfer samples a step; default 128. */
  readonly batchSize?: number;
  /** Labelled samples beside them in balanced batches; default 64. */
  readonly labelledBatchSize?: number;
  /** `balanced` when some samples have no label, `joint` when all have one; `auto` (default) finds out. */
  readonly batches?: 'auto' | 'balanced' | 'joint';
  /** Default `['adamw', { learningRate: 1e-3 }]`. The learning rate stands among the optimizer's options. */
  readonly optimizer?: SpecOf<'optimizer'>;
  /** Default `cosine`. */
  readonly schedule?: SpecOf<'schedule'>;
  /** Scales gradients down to this norm. */
  readonly clipNorm?: number;
  /** Steps between checkpoints, besides one after each epoch. */
  readonly checkpointEvery?: number;
  /** Ends with the weights of the epoch that does best on `data.validation` (default where there is one), or of the last. */
  readonly keep?: 'best' | 'last';
  /** Ends after so many epochs in which `data.validation` saw nothing better; default: never. */
  readonly patience?: number;
}

export interface TeacherConfig {
  /** A trained model, one to be trained with `train`, a function that builds one, or a path; one of `model`, `predict` and `source`. */
  readonly model?: ModelReference;
  /** A function that answers, or, with @kd/node, the path of a module whose default export is one; instead of `model`. */
  readonly predict?: Predict | string;
  /** A teacher source by name, e.g. stored predictions; instead of `model`. */
  readonly source?: SpecOf<'teacher'>;
  /** The label space of its answers, in that order. */
  readonly speaks: string;
  /** The data's inputs that it reads, in the order of the model's own. */
  readonly inputs?: readonly string[];
  /** From the batch's inputs by name to the model's; tensors `[batch, ...]`. A config file may name a module that gives it. */
  readonly preprocess?: Preprocess;
  /** The output or layer that holds the answer. */
  readonly output?: string;
  /** What the answer is; default `logits` (a softmax that ends a layers model is left out by itself). */
  readonly gives?: TeacherOutput;
  /** Train it in the run, on the labels that its label space covers. Left out: it is used as it is. */
  readonly train?: TrainConfig | true;
}

export interface StudentConfig {
  /** What is trained: a layers model, a function that builds one, or a path. A graph model cannot learn. */
  readonly model: ModelReference;
  /** Label space → the output or layer that holds its logits. Left out: the only output speaks the first label space. */
  readonly heads?: Readonly<Record<string, string>>;
  /** The data's inputs that it reads, in the order of the model's own; by name when left out. */
  readonly inputs?: readonly string[];
  /** From the batch's inputs by name to the model's; tensors `[batch, ...]`. */
  readonly preprocess?: Preprocess;
}

/** A term against teachers: a loss, and more where its defaults do not fit. */
export interface SoftTermConfig {
  /** A loss against teachers, e.g. `['kl-divergence', { temperature: 4 }]`. */
  readonly loss: SpecOf<'loss'>;
  /** The label space in which it compares; the term's own name when left out. */
  readonly on?: string;
  /** Default 1. */
  readonly weight?: number;
  /**
   * Coarser classes are summed from the student's at T = 1 and tempered `last`; this is exact, and the default. `first`
   * tempers, then sums, as some published code does.
   */
  readonly temper?: 'last' | 'first';
  /** Default: every teacher that speaks the label space. */
  readonly teachers?: readonly string[];
}

export interface HardTermConfig {
  /** A loss against labels, e.g. `'cross-entropy'`. */
  readonly loss: SpecOf<'loss'>;
  /** Among the terms against labels, at least 0; default 1. */
  readonly weight?: number;
}

/** Everything about a run. The same object works in memory and in a config file. */
export interface KdConfig {
  /** Names the run's folder; default `default`. */
  readonly name?: string;
  /** Plugins themselves; in a config file also names of packages and paths of files. */
  readonly plugins?: readonly (string | Plugin)[];
  /** The samples: to train on, to judge by. */
  readonly data: DataConfig;
  /** Every list of classes that somebody speaks, by name; the student's first. */
  readonly labels: LabelSpacesConfig;
  /** The models to learn from, by name. */
  readonly teachers?: Readonly<Record<string, TeacherConfig>>;
  /** The model that learns. */
  readonly student: StudentConfig;
  /** Losses against labels by label space; default `cross-entropy` (values: squared error) on every head with labels. */
  readonly hard?: Readonly<Record<string, SpecOf<'loss'> | HardTermConfig>>;
  /** Losses against teachers by term; default `kl-divergence` (values: squared error) for every granularity. */
  readonly soft?: Readonly<Record<string, SpecOf<'loss'> | SoftTermConfig>>;
  /** How teachers of one granularity are joined; default `mean`. */
  readonly aggregation?: SpecOf<'aggregator'>;
  /** The weight of the labels: a number, or a scheduler; default `referee` where @kd/plugin-adaptive-alpha is, else 0.5. */
  readonly alpha?: number | SpecOf<'alpha'>;
  /** How memory is used; default `whole-batch`. */
  readonly memory?: SpecOf<'memory'>;
  /** Default `auto`: the fastest that is available. */
  readonly backend?: SpecOf<'backend'>;
  /** The student's training: epochs, batches, optimizer, schedule. */
  readonly train?: TrainConfig;
  /** Repeats a run byte for byte; default 0. */
  readonly seed?: number;
  /** How teachers' answers are stored. */
  readonly distillationData?: {
    /** Default `float16`: half the space, three digits. */
    readonly precision?: 'float16' | 'float32';
    /** Keep only the most likely classes and the mass of the rest. */
    readonly topK?: number;
  };
  /** Also train the student on its labels alone (`baseline`) and on every label (`ceiling`), to compare; default off. */
  readonly compare?: { readonly baseline?: boolean; readonly ceiling?: boolean };
}

/** Gives a config file its types: `export default defineConfig({ … })`. */
export function defineConfig(config: KdConfig): KdConfig {
  return config;
}

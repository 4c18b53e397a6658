import type { StrategyKind } from '../plugin/strategy.ts';

/**
 * Names of strategies, `<kind>/<name>`, for editors to complete in a config: of what is built in and of kd's own plugins, for
 * a config may name these by text alone. Another plugin adds its own in its main module:
 * `declare module '@kd/core' { interface KnownStrategies { 'loss/focal': true } }`.
 */
export interface KnownStrategies {
  'aggregator/ae-kd': true;
  'aggregator/ca-mkd': true;
  'aggregator/entropy': true;
  'aggregator/lift': true;
  'aggregator/mean': true;
  'aggregator/per-granularity': true;
  'aggregator/uhc': true;
  'aggregator/weighted': true;
  'alpha/constant': true;
  'alpha/gradnorm': true;
  'alpha/referee': true;
  'alpha/schedule': true;
  'alpha/teacher-correct': true;
  'alpha/uncertainty': true;
  'backend/auto': true;
  'backend/current': true;
  'backend/tensorflow': true;
  'backend/tfjs-node-gpu': true;
  'backend/wasm': true;
  'data/csv': true;
  'data/idx': true;
  'data/image-folder': true;
  'data/jsonl': true;
  'loss/consistency': true;
  'loss/crd': true;
  'loss/cross-entropy': true;
  'loss/ctkd': true;
  'loss/dist': true;
  'loss/dkd': true;
  'loss/fitnet': true;
  'loss/hierarchical-cross-entropy': true;
  'loss/kl-divergence': true;
  'loss/max-constraint': true;
  'loss/mean-squared-error': true;
  'loss/rkd': true;
  'memory/budget': true;
  'memory/device': true;
  'memory/micro-batches': true;
  'memory/resident': true;
  'memory/whole-batch': true;
  'optimizer/adam': true;
  'optimizer/adamw': true;
  'optimizer/sgd': true;
  'schedule/constant': true;
  'schedule/cosine': true;
  'schedule/exponential': true;
  'schedule/linear': true;
  'schedule/multi-step': true;
  'schedule/step': true;
  'teacher/http': true;
  'teacher/onnx': true;
  'teacher/saved-model': true;
  'teacher/stored-predictions': true;
}

/** The known names of a kind, and any other text: a plugin that is named by its package or file may bring more. */
export type StrategyName<Kind extends StrategyKind> =
  | { readonly [Key in keyof KnownStrategies]: Key extends `${Kind}/${infer Name}` ? Name : never }[keyof KnownStrategies]
  | (string & {});

/** A {@link Spec} whose name an editor can complete. */
export type SpecOf<Kind extends StrategyKind> = StrategyName<Kind> | readonly [name: StrategyName<Kind>, options: unknown];

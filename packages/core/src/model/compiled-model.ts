import type { CompiledFunction, Compile } from '../tensor/pure-function.ts';
import { disposeAll, under, withPrefix } from '../tensor/named-tensors.ts';
import type { Model } from './model.ts';

/**
 * The same model with the forward passes of its evaluation compiled. A call in training is part of a step, which is
 * compiled as a whole.
 */
export function compiledModel(model: Model, compile: Compile): Model {
  const passes = new Map<string, CompiledFunction>();
  return {
    ...model,
    call(inputs, options, weights) {
      if (options.training) return model.call(inputs, options, weights);
      const { outputs } = options;
      const key = outputs.join('\n');
      let pass = passes.get(key);
      if (!pass) {
        pass = compile(`the forward pass of model '${model.name}'`, (given) => model.call(under(given, 'inputs'), { training: false, outputs }, under(given, 'weights')).outputs);
        passes.set(key, pass);
      }
      const own = weights ?? model.values();
      try {
        return { outputs: pass({ ...withPrefix('inputs', inputs), ...withPrefix('weights', own) }), updates: {} };
      } finally {
        if (!weights) disposeAll(own);
      }
    },
  };
}

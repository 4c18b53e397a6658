import { withoutStop } from '../errors/wording.ts';
import type { Loss, LossOutput } from '../objective/loss.ts';
import { blaming } from '../run/blame.ts';
import { finiteKnobs, kindOf, type Refuse } from './refuse.ts';

/**
 * The same loss; its knobs and what it gives are checked, for TensorFlow.js would fail at them and name neither the loss nor the
 * knob. What it throws itself ends a run with its name.
 */
export function checkedLoss(loss: Loss, refuse: Refuse): Loss {
  const { role, needs, joinsSamples, label, temperature } = loss;
  const own = <T>(method: string, work: () => T): T => blaming((error) => refuse(`${method} failed: ${withoutStop(error.message)}`, error), work);
  return {
    role,
    ...(needs && { needs }), ...(joinsSamples === undefined ? {} : { joinsSamples }), ...(label === undefined ? {} : { label }), ...(temperature === undefined ? {} : { temperature }),
    ...(loss.state && { state: (facts) => loss.state!(facts) }),
    ...(loss.knobs && { knobs: (progress) => finiteKnobs(loss.knobs!(progress), progress.step, refuse) }),
    compute: (input, context) => expectTensor(own('compute', () => loss.compute(input, context)), refuse),
    ...(loss.valueAndSlope && { valueAndSlope: (input, context) => own('valueAndSlope', () => loss.valueAndSlope!(input, context)) }),
  };
}

/** A tensor, or one beside updates; a second copy of TensorFlow.js has another class for it. */
function expectTensor(output: LossOutput, refuse: Refuse): LossOutput {
  const { perSample = output } = Object(output) as { perSample?: unknown };
  if (Array.isArray((Object(perSample) as { shape?: unknown }).shape)) return output;
  const promise = perSample instanceof Promise ? ': it is asynchronous, and nothing in a step is awaited' : '';
  return refuse(`compute gave ${promise ? 'a promise' : kindOf(perSample)}, expected a tensor with one value a sample${promise}`);
}

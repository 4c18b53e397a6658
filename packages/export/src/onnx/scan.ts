import type { OnnxGraph } from './graph.ts';
import type { LayerCall } from './layer-call.ts';
import { stepOf, type Cell } from './recurrent-cell.ts';
import type { Sequence } from './sequence.ts';
import type { Value } from './value.ts';

/** A recurrent layer, step by step: for any activation, and for steps that a mask leaves out, which keep the states as they are. */
export function scan(call: LayerCall, cell: Cell, x: Value, states: readonly Value[], mask: Value | undefined): Sequence {
  const { graph } = call;
  const step = stepOf(call, cell);
  const kept = mask && graph.add('Cast', [graph.add('Unsqueeze', [mask, graph.ints([-1])])], { attributes: { to: 1 }, type: 'float32' });
  const scanned = kept ? [x, kept] : [x];
  const body = graph.body((inner) => {
    const before = states.map((_, i) => inner.value(`${graph.scope}/state_${i}`));
    const now = inner.value(`${graph.scope}/step`);
    const counts = kept && inner.value(`${graph.scope}/counts`);
    const stepped = step(inner, now, before);
    const after = counts ? stepped.map((state, i) => chosen(inner, counts, state, before[i]!)) : stepped;
    return { inputs: [...before, now, ...(counts ? [counts] : [])], outputs: [...after.map((state) => inner.add('Identity', [state])), inner.add('Identity', [after[0]])] };
  });
  const backwards = cell.config['goBackwards'] ? 1 : 0;
  const outputs = graph.addMany('Scan', [...states, ...scanned], states.length + 1, {
    attributes: { body: { graph: body }, num_scan_inputs: scanned.length, scan_input_axes: scanned.map(() => 1), scan_input_directions: scanned.map(() => backwards), scan_output_axes: [1] },
  });
  return { steps: outputs.at(-1)!, last: outputs.slice(0, -1) };
}

/** `state` where the step counts, or else what was before. */
function chosen(graph: OnnxGraph, counts: Value, state: Value, before: Value): Value {
  const left = graph.add('Mul', [before, graph.add('Sub', [graph.scalar(1), counts])]);
  return graph.add('Add', [graph.add('Mul', [state, counts]), left]);
}

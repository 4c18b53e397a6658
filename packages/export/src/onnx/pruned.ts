import type { OnnxGraph } from './graph.ts';
import type { Constant, Node, Value } from './value.ts';

/** The nodes and constants on which the outputs depend. */
export function pruned(graph: OnnxGraph, outputs: readonly Value[]): { readonly nodes: readonly Node[]; readonly constants: readonly Constant[] } {
  const asked = new Set<Value | undefined>(outputs);
  // Nodes stand after those that they need.
  const nodes = [...graph.nodes].reverse().filter((node) => {
    const wanted = node.outputs.some((value) => asked.has(value));
    if (wanted) for (const value of needsOf(node)) asked.add(value);
    return wanted;
  });
  return { nodes: nodes.reverse(), constants: graph.constants.filter(({ value }) => asked.has(value)) };
}

function needsOf({ inputs, attributes }: Node): (Value | undefined)[] {
  const inside = Object.values(attributes).flatMap((value) => (typeof value === 'object' && 'graph' in value ? [...value.graph.nodes.flatMap(needsOf), ...value.graph.outputs] : []));
  return [...inputs, ...inside];
}

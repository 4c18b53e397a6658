import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { heldPerRow } from './held-per-row.ts';
import type { LayerUse } from './layer-uses.ts';

/** A stretch of a model between two places that everything has to pass. */
export interface Segment {
  readonly uses: readonly LayerUse[];
  /** What comes in from the segment before; undefined in the first, which reads the model's inputs. */
  readonly from: SymbolicTensor | undefined;
  /** What goes on to the next; undefined in the last, whose activations are needed at once: they are kept. */
  readonly to: SymbolicTensor | undefined;
}

export interface Segments {
  readonly segments: readonly Segment[];
  /** Numbers held for each row at once, about: what passes between segments, and the largest segment's own. */
  readonly heldPerRow: number;
}

/**
 * Cuts a model so that the least is held when each segment but the last is computed again in the backward pass (Chen, Xu,
 * Zhang and Guestrin, "Training deep nets with sublinear memory cost", 2016). Undefined where nothing is gained.
 *
 * @param wanted outputs; a cut may not hide one
 */
export function cutIntoSegments(uses: readonly LayerUse[], wanted: readonly SymbolicTensor[]): Segments | undefined {
  const places = cutPlaces(uses, wanted);
  const sizes = uses.map(({ layer, outputs }) => outputs.reduce((sum, { shape }) => sum + heldPerRow(layer, shape.slice(1)), 0));
  const whole = sumOf(sizes);
  let best: Segments | undefined;
  for (let parts = 2; parts <= places.length + 1; parts++) {
    const cut = segmentsOf(uses, places, sizes, whole / parts);
    if (cut.heldPerRow < (best?.heldPerRow ?? whole)) best = cut;
  }
  return best;
}

/** Uses after which nothing but their one output goes on; before them, no other output is wanted. */
function cutPlaces(uses: readonly LayerUse[], wanted: readonly SymbolicTensor[]): readonly number[] {
  const lastRead = new Map<number, number>();
  uses.forEach(({ inputs }, at) => inputs.forEach(({ id }) => lastRead.set(id, at)));
  for (const { id } of wanted) lastRead.set(id, uses.length);
  const alive = new Set<number>();
  return uses.flatMap(({ outputs }, at) => {
    for (const { id } of outputs) if ((lastRead.get(id) ?? -1) > at) alive.add(id);
    for (const id of alive) if (lastRead.get(id)! <= at) alive.delete(id);
    const one = alive.size === 1 && outputs.length === 1 && alive.has(outputs[0]!.id);
    return one && at < uses.length - 1 ? [at] : [];
  });
}

/** Cuts wherever about `target` numbers have come together. */
function segmentsOf(uses: readonly LayerUse[], places: readonly number[], sizes: readonly number[], target: number): Segments {
  const segments: Segment[] = [];
  let [start, passing, largest] = [0, 0, 0];
  const add = (end: number, to: SymbolicTensor | undefined): void => {
    segments.push({ uses: uses.slice(start, end), from: segments.at(-1)?.to, to });
    largest = Math.max(largest, sumOf(sizes.slice(start, end)));
    passing += to ? heldPerRow(undefined, to.shape.slice(1)) : 0;
    start = end;
  };
  for (const place of places) if (sumOf(sizes.slice(start, place + 1)) >= target) add(place + 1, uses[place]!.outputs[0]!);
  add(uses.length, undefined);
  return { segments, heldPerRow: passing + largest };
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}

import type { RandomStream } from '../tensor/random.ts';

/**
 * `count` of the rows, as even over the classes as they allow, the same for the same stream. Sorted.
 *
 * @param labelOf the class of a row
 */
export function pickStratified(rows: ArrayLike<number>, labelOf: (row: number) => number, count: number, stream: RandomStream): Int32Array {
  const byClass = new Map<number, number[]>();
  for (const place of stream.permutation(rows.length)) {
    const row = rows[place]!;
    const label = labelOf(row);
    const members = byClass.get(label);
    if (members) members.push(row);
    else byClass.set(label, [row]);
  }
  const queues = [...byClass.keys()].sort((a, b) => a - b).map((label) => byClass.get(label)!);
  const picked: number[] = [];
  for (let turn = 0; picked.length < count; turn++) {
    let any = false;
    for (const queue of queues) {
      if (turn >= queue.length || picked.length >= count) continue;
      picked.push(queue[turn]!);
      any = true;
    }
    if (!any) break;
  }
  return Int32Array.from(picked).sort();
}

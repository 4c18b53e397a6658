/** `(x − highest of its row) / divisor` into `to`; rows with NaN become NaN. */
export function subtractHighest(from: Float32Array, columns: number, divisor: number, to: Float32Array): void {
  for (let row = 0; row < from.length; row += columns) {
    let highest = -Infinity;
    for (let i = row; i < row + columns; i++) if (!(from[i]! <= highest)) highest = from[i]!;
    for (let i = row; i < row + columns; i++) to[i] = (from[i]! - highest) / divisor;
  }
}

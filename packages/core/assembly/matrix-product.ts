// AssemblyScript, which becomes WebAssembly; `pnpm assembly` translates it. Addresses and distances are in bytes.

/** A tile of the result: so many rows of two vectors with four numbers each. */
const ROWS: usize = 4;
const COLUMNS: usize = 8;
const ROW_OF_TILE: usize = 4 * COLUMNS;
const TILE: usize = ROWS * ROW_OF_TILE;

/** So many of the inner dimension are summed up before the next: a panel of each side stays in the first cache. */
const DEPTH: usize = 512;
/** So many rows of `a` are packed at once: they stay in the second cache. */
const BLOCK: usize = 256;

/** How many bytes `multiply` needs to work in. */
export function workSize(): usize {
  return TILE + DEPTH * ROW_OF_TILE + 4 * BLOCK * DEPTH;
}

/**
 * c = a · b, `[rows, inner]` by `[inner, columns]`. Each side says how far its rows and its columns are apart, so that a
 * transposed matrix is only another way to walk; `c` lies row by row.
 */
export function multiply(
  a: usize, rowOfA: usize, columnOfA: usize,
  b: usize, rowOfB: usize, columnOfB: usize,
  c: usize, rows: usize, inner: usize, columns: usize, work: usize,
): void {
  const rowOfC: usize = 4 * columns;
  const panelOfB = work + TILE;
  const panelsOfA = panelOfB + DEPTH * ROW_OF_TILE;
  for (let k: usize = 0; k < inner; k += DEPTH) {
    const depth = min(DEPTH, inner - k);
    for (let top: usize = 0; top < rows; top += BLOCK) {
      const bottom = min(top + BLOCK, rows);
      for (let i = top; i < bottom; i += ROWS) {
        pack(a + i * rowOfA + k * columnOfA, columnOfA, rowOfA, depth, min(ROWS, rows - i), ROWS, panelsOfA + 4 * (i - top) * depth);
      }
      for (let j: usize = 0; j < columns; j += COLUMNS) {
        const wide = min(COLUMNS, columns - j);
        pack(b + k * rowOfB + j * columnOfB, rowOfB, columnOfB, depth, wide, COLUMNS, panelOfB);
        for (let i = top; i < bottom; i += ROWS) {
          const high = min(ROWS, rows - i);
          const panelOfA = panelsOfA + 4 * (i - top) * depth;
          const to = c + i * rowOfC + 4 * j;
          if (high == ROWS && wide == COLUMNS) {
            multiplyPanels(panelOfA, panelOfB, depth, to, rowOfC, k > 0);
          } else {
            multiplyPanels(panelOfA, panelOfB, depth, work, ROW_OF_TILE, false);
            putPart(work, to, rowOfC, high, wide, k > 0);
          }
        }
      }
    }
  }
}

/** Lays `width` neighbours side by side, `depth` times; beyond the `count` that there are, zeros. */
function pack(from: usize, step: usize, next: usize, depth: usize, count: usize, width: usize, to: usize): void {
  if (count == width && next == 4) {
    for (let at: usize = 0; at < 4 * width; at += 16) copyFours(from + at, step, depth, to + at, 4 * width);
  } else if (count == width && step == 4) {
    for (let j: usize = 0; j < width; j += 4) turnFours(from + j * next, next, depth, to + 4 * j, 4 * width);
  } else {
    for (let p: usize = 0; p < depth; p++) {
      for (let j: usize = 0; j < width; j++) {
        store<f32>(to + 4 * j, j < count ? load<f32>(from + j * next) : 0);
      }
      from += step;
      to += 4 * width;
    }
  }
}

/** Four neighbours that lie side by side, `depth` times. */
function copyFours(from: usize, step: usize, depth: usize, to: usize, row: usize): void {
  for (let p: usize = 0; p < depth; p++) {
    v128.store(to, v128.load(from));
    from += step;
    to += row;
  }
}

/** Four neighbours that lie `next` apart, while the way down goes side by side: squares of four are turned about. */
function turnFours(from: usize, next: usize, depth: usize, to: usize, row: usize): void {
  let p: usize = 0;
  for (; p + 4 <= depth; p += 4) {
    const first = v128.load(from), second = v128.load(from + next);
    const third = v128.load(from + 2 * next), fourth = v128.load(from + 3 * next);
    const upperLeft = v128.shuffle<f32>(first, second, 0, 4, 1, 5), upperRight = v128.shuffle<f32>(first, second, 2, 6, 3, 7);
    const lowerLeft = v128.shuffle<f32>(third, fourth, 0, 4, 1, 5), lowerRight = v128.shuffle<f32>(third, fourth, 2, 6, 3, 7);
    v128.store(to, v128.shuffle<f64>(upperLeft, lowerLeft, 0, 2));
    v128.store(to + row, v128.shuffle<f64>(upperLeft, lowerLeft, 1, 3));
    v128.store(to + 2 * row, v128.shuffle<f64>(upperRight, lowerRight, 0, 2));
    v128.store(to + 3 * row, v128.shuffle<f64>(upperRight, lowerRight, 1, 3));
    from += 16;
    to += 4 * row;
  }
  for (; p < depth; p++) {
    for (let j: usize = 0; j < 4; j++) store<f32>(to + 4 * j, load<f32>(from + j * next));
    from += 4;
    to += row;
  }
}

/** A tile of the result: the product of two packed panels, added to what stands there where there is `more`. */
function multiplyPanels(a: usize, b: usize, depth: usize, to: usize, rowOfC: usize, more: bool): void {
  let left0 = f32x4.splat(0), right0 = f32x4.splat(0);
  let left1 = f32x4.splat(0), right1 = f32x4.splat(0);
  let left2 = f32x4.splat(0), right2 = f32x4.splat(0);
  let left3 = f32x4.splat(0), right3 = f32x4.splat(0);
  const end = b + depth * ROW_OF_TILE;
  while (b < end) {
    const left = v128.load(b), right = v128.load(b, 16);
    const a0 = v128.load_splat<f32>(a);
    left0 = f32x4.add(left0, f32x4.mul(a0, left));
    right0 = f32x4.add(right0, f32x4.mul(a0, right));
    const a1 = v128.load_splat<f32>(a, 4);
    left1 = f32x4.add(left1, f32x4.mul(a1, left));
    right1 = f32x4.add(right1, f32x4.mul(a1, right));
    const a2 = v128.load_splat<f32>(a, 8);
    left2 = f32x4.add(left2, f32x4.mul(a2, left));
    right2 = f32x4.add(right2, f32x4.mul(a2, right));
    const a3 = v128.load_splat<f32>(a, 12);
    left3 = f32x4.add(left3, f32x4.mul(a3, left));
    right3 = f32x4.add(right3, f32x4.mul(a3, right));
    a += 4 * ROWS;
    b += ROW_OF_TILE;
  }
  putRow(left0, right0, to, more);
  putRow(left1, right1, to + rowOfC, more);
  putRow(left2, right2, to + 2 * rowOfC, more);
  putRow(left3, right3, to + 3 * rowOfC, more);
}

// @ts-ignore: decorator
@inline
function putRow(left: v128, right: v128, to: usize, more: bool): void {
  v128.store(to, more ? f32x4.add(v128.load(to), left) : left);
  v128.store(to, more ? f32x4.add(v128.load(to, 16), right) : right, 16);
}

/** Copies what of a tile lies within the result. */
function putPart(tile: usize, to: usize, rowOfC: usize, rows: usize, columns: usize, more: bool): void {
  for (let i: usize = 0; i < rows; i++) {
    for (let at: usize = 0; at < 4 * columns; at += 4) {
      const value = load<f32>(tile + at);
      store<f32>(to + at, more ? load<f32>(to + at) + value : value);
    }
    tile += ROW_OF_TILE;
    to += rowOfC;
  }
}

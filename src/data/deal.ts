// Rows dealt like cards: to folds, of which each gets its share of every class, or whole groups. Works on row numbers alone.

import { type RandomStream, shuffleInPlace } from '../math/random.js';

/** The given rows collected by their key (class or group index), keys ascending, rows in the given order. */
export function rowsByKey(keys: Int32Array, rows: Uint32Array): Uint32Array[] {
  const byKey = new Map<number, number[]>();
  for (const row of rows) {
    const key = keys[row]!;
    const members = byKey.get(key);
    if (members === undefined) byKey.set(key, [row]);
    else members.push(row);
  }
  const ascending = [...byKey].sort(([a], [b]) => a - b);
  return ascending.map(([, members]) => Uint32Array.from(members));
}

/** Shuffles the rows of each class and deals them to one fold after the other, going on where the last class ended. */
export function dealInTurn(
  classes: readonly Uint32Array[],
  rows: number,
  folds: number,
  stream: RandomStream,
): Int32Array {
  const foldOf = new Int32Array(rows);
  let next = 0;
  for (const own of classes) {
    const order = Uint32Array.from(own);
    shuffleInPlace(order, stream);
    for (const row of order) {
      foldOf[row] = next;
      next = (next + 1) % folds;
    }
  }
  return foldOf;
}

/** Largest first to the fold with the fewest rows so far; of several such folds the first. */
export function dealGroups(
  groups: readonly Uint32Array[],
  rows: number,
  folds: number,
  stream: RandomStream,
): Int32Array {
  const order = groups.map((_, group) => group);
  shuffleInPlace(order, stream);
  order.sort((a, b) => groups[b]!.length - groups[a]!.length);
  const foldOf = new Int32Array(rows);
  const sizes = new Array<number>(folds).fill(0);
  for (const group of order) {
    const fold = sizes.indexOf(Math.min(...sizes));
    for (const row of groups[group]!) foldOf[row] = fold;
    sizes[fold]! += groups[group]!.length;
  }
  return foldOf;
}

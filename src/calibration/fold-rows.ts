// Which rows are of which fold where a fit is judged on rows that it was not made of: the same for the same number of rows,
// or the same groups of them, whatever they say.

import { rowsByKey } from '../data/deal.js';
import { RandomStream, shuffleInPlace, streamKey } from '../math/random.js';

export const CALIBRATION_FOLDS = 5;

/**
 * Places of rows of each fold, ascending: shuffled by a stream of its own, dealt out in turn. Groups stay whole, the largest first
 * to the fold with the fewest rows; of fewer groups than folds some folds are empty.
 */
export function foldsOf(rows: number, groups: Int32Array | null = null): Uint32Array[] {
  if (groups !== null) return foldsOfGroups(groups);
  const order = Uint32Array.from({ length: rows }, (_, row) => row);
  shuffleInPlace(order, new RandomStream(streamKey(0, 'calibration')));
  return Array.from({ length: CALIBRATION_FOLDS }, (_, fold) =>
    order.filter((_, at) => at % CALIBRATION_FOLDS === fold).sort(),
  );
}

function foldsOfGroups(groups: Int32Array): Uint32Array[] {
  const byGroup = rowsByKey(
    groups,
    Uint32Array.from(groups, (_, row) => row),
  );
  const order = Uint32Array.from(byGroup, (_, group) => group);
  shuffleInPlace(order, new RandomStream(streamKey(0, 'calibration')));
  const folds: number[][] = Array.from({ length: CALIBRATION_FOLDS }, () => []);
  for (const group of [...order].sort((a, b) => byGroup[b]!.length - byGroup[a]!.length)) {
    let fewest = folds[0]!;
    for (const fold of folds) if (fold.length < fewest.length) fewest = fold;
    for (const row of byGroup[group]!) fewest.push(row);
  }
  return folds.map((fold) => Uint32Array.from(fold).sort());
}

/** The rows that are not of a fold, ascending. */
export function othersOf(rows: number, fold: Uint32Array): Uint32Array {
  const isOf = new Uint8Array(rows);
  for (const row of fold) isOf[row] = 1;
  return Uint32Array.from({ length: rows }, (_, row) => row).filter((row) => isOf[row] === 0);
}

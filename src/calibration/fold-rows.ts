// Which rows are of which fold where a fit is judged on rows that it was not made of: the same for the same number of rows,
// whatever they say.

import { RandomStream, shuffleInPlace, streamKey } from '../math/random.js';

export const CALIBRATION_FOLDS = 5;

/** Places of rows of each fold, ascending: shuffled by a stream of its own, dealt out in turn. */
export function foldsOf(rows: number): Uint32Array[] {
  const order = Uint32Array.from({ length: rows }, (_, row) => row);
  shuffleInPlace(order, new RandomStream(streamKey(0, 'calibration')));
  return Array.from({ length: CALIBRATION_FOLDS }, (_, fold) =>
    order.filter((_, at) => at % CALIBRATION_FOLDS === fold).sort(),
  );
}

/** The rows that are not of a fold, ascending. */
export function othersOf(rows: number, fold: Uint32Array): Uint32Array {
  const isOf = new Uint8Array(rows);
  for (const row of fold) isOf[row] = 1;
  return Uint32Array.from({ length: rows }, (_, row) => row).filter((row) => isOf[row] === 0);
}

// The training rows that a linear baseline is fitted on: as members see them, all of them or a drawn few, so that the fit
// costs little beside the training.

import type { Dataset } from '../../data/dataset/dataset.js';
import { encodeRows } from '../../data/dataset/encoding.js';
import { RandomStream, streamKey } from '../../math/random.js';

/** Rows to fit on, in double precision. */
export interface RowsToFit {
  readonly rows: number;
  readonly features: number;
  /** f64[rows, features], row-major. */
  readonly x: Float64Array;
  /** f64[rows], ≥ 0. */
  readonly weights: Float64Array;
  /** Places of these rows in the dataset, ascending. */
  readonly index: Uint32Array;
}

/**
 * At most `most` rows that have a weight: all, or as many drawn without replacement. Null where no row has one.
 * @param keeps which rows are among them; all by default
 */
export function rowsToFit(
  train: Dataset,
  most: number,
  keeps: (row: number) => boolean = () => true,
): RowsToFit | null {
  const { features, rowWeights, encoding } = train;
  const index = drawn(weighted(train).filter(keeps), most);
  const rows = index.length;
  if (rows === 0) return null;
  const x = Float64Array.from(
    encodeRows(train.x, features, encoding.features, { start: 0, end: rows }, index),
  );
  return { rows, features, x, weights: Float64Array.from(index, (row) => rowWeights?.[row] ?? 1), index };
}

function weighted({ rows, rowWeights }: Dataset): Uint32Array {
  const all = Uint32Array.from({ length: rows }, (_, row) => row);
  return rowWeights === null ? all : all.filter((row) => rowWeights[row]! > 0);
}

function drawn(index: Uint32Array, most: number): Uint32Array {
  if (index.length <= most) return index;
  const stream = new RandomStream(streamKey(0, 'baselineRows'));
  for (let at = 0; at < most; at++) {
    const other = at + stream.below(index.length - at);
    [index[at], index[other]] = [index[other]!, index[at]!];
  }
  return index.slice(0, most).sort();
}

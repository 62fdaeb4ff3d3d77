// Quantile-normal encoding: a value becomes the standard normal deviate at its place among the training rows' quantiles.
// Formulas on one column's quantiles; knows nothing of datasets or scales.

import { exp } from '../../math/functions.js';
import { normalQuantile, twoSidedNormal } from '../../math/normal.js';
import { quantileOfSorted } from '../../math/statistics.js';

/** Cumulative shares are kept this far from 0 and 1, whose deviates are infinite: deviates end at ±5.1993. */
const LEAST_SHARE = 1e-7;
const FEWEST_QUANTILES = 10;
const MOST_QUANTILES = 1000;
const ROWS_PER_QUANTILE = 30;

/**
 * The quantiles of a column at the levels 0, 1/(m − 1), …, 1, linear between neighbouring rows, ascending; m is a thirtieth of
 * the rows, from 10 to 1000 and never more than the rows.
 *
 * **Source:** Gorishniy et al. 2021, Revisiting deep learning models for tabular data (the number); Hyndman and Fan 1996, type 7.
 */
export function quantilesOf(values: Float64Array): number[] {
  const sorted = Float64Array.from(values).sort();
  const wanted = Math.min(
    MOST_QUANTILES,
    Math.max(FEWEST_QUANTILES, Math.floor(values.length / ROWS_PER_QUANTILE)),
  );
  const count = Math.max(2, Math.min(wanted, values.length));
  let before = Number.NEGATIVE_INFINITY;
  return Array.from({ length: count }, (_, level) => {
    // Rounding must not let them fall.
    before = Math.max(before, quantileOfSorted(sorted, level / (count - 1)));
    return before;
  });
}

/**
 * The deviate of a value, within ±5.1993: Φ⁻¹ of its cumulative share, which is linear between quantiles, and for a value that is
 * several of them, as many rows share it, the middle of their levels.
 *
 * As scikit-learn's QuantileTransformer has it, but for a least or greatest value that many rows share: there that is ±5.2, where
 * here it is the middle too, which tabular benchmarks get by adding noise to the rows that they fit.
 */
export function normalFromQuantiles(value: number, quantiles: readonly number[]): number {
  const last = quantiles.length - 1;
  const below = countBelow(value, quantiles, false);
  const upTo = countBelow(value, quantiles, true);
  if (upTo === 0) return -deviate(0);
  if (below === last + 1) return deviate(0);
  if (upTo > below) {
    const level = (below + upTo - 1) / 2;
    return level * 2 <= last ? -deviate(level / last) : deviate((last - level) / last);
  }
  const [low, high] = [quantiles[below - 1]!, quantiles[below]!];
  const level = below - 1 + (value - low) / (high - low);
  return level * 2 <= last ? -deviate(level / last) : deviate((last - level) / last);
}

/** The size of the deviate beyond which a share of at most a half lies; of the lesser tail, where 1 − share would lose digits. */
function deviate(tail: number): number {
  return -normalQuantile(Math.max(LEAST_SHARE, tail));
}

/** How many quantiles are below a value, or up to it. */
function countBelow(value: number, quantiles: readonly number[], orEqual: boolean): number {
  let [low, high] = [0, quantiles.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const own = quantiles[middle]!;
    if (own < value || (orEqual && own === value)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The value whose deviate is z. */
export function valueFromNormal(z: number, quantiles: readonly number[]): number {
  const { low, high, part } = pieceAt(z, quantiles);
  return low + part * (high - low);
}

/** By how much the deviate grows for each unit of the value, where it is z; 0 where a value that many rows share jumps. */
export function slopeOfNormal(z: number, quantiles: readonly number[]): number {
  const { low, high } = pieceAt(z, quantiles);
  const density = exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  return high > low ? 1 / ((quantiles.length - 1) * (high - low) * density) : 0;
}

/** The neighbouring quantiles between which a deviate lies, and how far from the lower. */
function pieceAt(z: number, quantiles: readonly number[]): { low: number; high: number; part: number } {
  const last = quantiles.length - 1;
  const tail = (twoSidedNormal(z) / 2) * last;
  const place = Math.min(last - 1, Math.max(0, Math.floor(z < 0 ? tail : last - tail)));
  const part = Math.min(1, Math.max(0, z < 0 ? tail - place : last - place - tail));
  return { low: quantiles[place]!, high: quantiles[place + 1]!, part };
}

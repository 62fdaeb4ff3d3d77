// Checks and scales of plain number arrays, shared by `Dataset.fromArrays` and preprocessing.
// Knows nothing of datasets, tables or files.

import { describe, TuttiError } from '../../errors.js';
import { mean, quantileOfSorted, variance } from '../../math/statistics.js';

/** A spread of fewer units in the last place than this is rounding, as of a constant computed in several ways. */
const ROUNDING_ULPS = 16;

/**
 * The mean and population standard deviation of a column; std 1 where every value is the same, or the same but for
 * rounding, so that standardising gives zeros instead of a division by next to nothing.
 *
 * @throws ERR_DATA when the values are too large for their variance to be a double
 */
export function scaleOf(values: Float64Array, name: string): { mean: number; std: number } {
  const first = values[0] ?? 0;
  let [low, high] = [first, first];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  // Compared exactly: the computed variance of a constant such as 0.1 need not be exactly 0.
  if (low === high) return { mean: first, std: 1 };
  const largest = Math.max(Math.abs(low), Math.abs(high));
  const center = mean(values);
  if (high - low <= ROUNDING_ULPS * Number.EPSILON * largest) return { mean: center, std: 1 };
  const std = Math.sqrt(variance(values, center));
  if (!Number.isFinite(std) || std === 0) {
    const expected = `Expected \`${name}\` to have a standard deviation that is a number above 0`;
    throw new TuttiError('ERR_DATA', `${expected}, got ${std}`, { column: name });
  }
  return { mean: center, std };
}

/**
 * The median of a column as `mean` and its interquartile range as `std`; where the quartiles are the same, half of its range, and 1
 * where that is 0 too.
 *
 * @throws ERR_DATA as {@link scaleOf}
 *
 * **Source:** Holzmüller, Grinsztajn and Steinwart 2024, Better by default: strong pre-tuned MLPs and boosted trees on tabular
 * data, B.1.
 */
export function robustScaleOf(values: Float64Array, name: string): { mean: number; std: number } {
  const scale = scaleOf(values, name);
  const sorted = Float64Array.from(values).sort();
  const quartiles = quantileOfSorted(sorted, 0.75) - quantileOfSorted(sorted, 0.25);
  const half = (sorted.at(-1)! - sorted[0]!) / 2;
  const spread = quartiles > 0 ? quartiles : half;
  const center = quantileOfSorted(sorted, 0.5);
  // A column that scaleOf takes for a constant is one here.
  const isConstant = !(
    spread >
    ROUNDING_ULPS * Number.EPSILON * Math.max(Math.abs(sorted[0]!), Math.abs(sorted.at(-1)!))
  );
  return isConstant ? scale : { mean: center, std: spread };
}

/** @throws ERR_SHAPE unless it is an array or a typed array */
export function requireList(name: string, values: unknown): asserts values is ArrayLike<number> {
  if (Array.isArray(values) || (ArrayBuffer.isView(values) && 'length' in values)) return;
  const message = `Expected \`${name}\` to be an array of numbers, got ${describe(values)}`;
  throw new TuttiError('ERR_SHAPE', message, { array: name });
}

/** @throws ERR_SHAPE unless it is an array of the expected length */
export function checkLength(name: string, array: ArrayLike<number>, length: number, why: string): void {
  requireList(name, array);
  if (array.length === length) return;
  const message = `Expected \`${name}\` to have ${length} numbers (${why}), got ${array.length}`;
  throw new TuttiError('ERR_SHAPE', message, { array: name });
}

/** @throws ERR_SHAPE unless the count is an integer ≥ 1 */
export function checkCount(name: string, count: number): void {
  if (Number.isInteger(count) && count >= 1) return;
  throw new TuttiError('ERR_SHAPE', `Expected \`${name}\` to be an integer ≥ 1, got ${describe(count)}`, {
    array: name,
  });
}

/**
 * @param array row-major, `columns` wide
 * @throws ERR_DATA naming the first row and column (both from 0) that is NaN or infinite
 */
export function checkFinite(name: string, array: ArrayLike<number>, columns: number): void {
  for (let i = 0; i < array.length; i++) {
    if (Number.isFinite(array[i])) continue;
    const row = Math.floor(i / columns);
    const message = `Expected \`${name}\` to hold finite numbers, got ${array[i]} in row ${row}, column ${i % columns}`;
    throw new TuttiError('ERR_DATA', message, { array: name, row, column: i % columns });
  }
}

/** @throws ERR_DATA naming the first row whose value is not an integer in [0, below) */
export function checkIndices(name: string, array: ArrayLike<number>, below: number): void {
  for (let row = 0; row < array.length; row++) {
    const value = array[row]!;
    if (Number.isInteger(value) && value >= 0 && value < below) continue;
    const message = `Expected \`${name}\` to hold integers from 0 to ${below - 1}, got ${value} in row ${row}`;
    throw new TuttiError('ERR_DATA', message, { array: name, row });
  }
}

/**
 * Weights scaled to mean 1, f32[rows]; null where all are equal.
 *
 * @throws ERR_DATA when none is above 0 (negative and non-finite ones are the caller's to refuse)
 */
export function normaliseWeights(weights: Float64Array): Float32Array | null {
  const center = mean(weights);
  if (!(center > 0)) {
    throw new TuttiError('ERR_DATA', 'Expected at least one row weight above 0, got none');
  }
  if (weights.every((weight) => weight === weights[0])) return null;
  return Float32Array.from(weights, (weight) => weight / center);
}

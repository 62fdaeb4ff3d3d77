// The values of a column at which partial dependence is drawn: quantiles of numbers, or all categories.

import type { Dataset } from '../data/dataset/dataset.js';
import { categoryNames } from '../data/dataset/feature-columns.js';
import { quantileOfSorted } from '../math/statistics.js';
import type { PlacedColumn } from './explained-columns.js';

export interface Grid {
  /** Numbers in the user's units, ascending; or the categories, in the order of the ensemble. */
  readonly values: readonly number[] | readonly string[];
  /** How many rows of the dataset have such a category, or lie nearest to such a number. */
  readonly rows: readonly number[];
  /** What the features of the column are at each value. */
  readonly features: readonly (readonly number[])[];
}

/** Beyond the outer twentieths few rows say what a member makes of such values. */
const OUTER = 0.05;

/** @param points of numbers at most: so many different ones are all there. */
export function gridOf(column: PlacedColumn, { x, features, rows }: Dataset, points: number): Grid {
  const { fitted, first, width } = column;
  if (fitted?.kind === 'categorical') {
    const counts = new Array<number>(width).fill(0);
    for (let row = 0; row < rows; row++) {
      for (let at = 0; at < width; at++) counts[at]! += x[row * features + first + at]!;
    }
    const values = categoryNames(fitted);
    const own = values.map((_, at) => Array.from({ length: width }, (_own, c) => (c === at ? 1 : 0)));
    return { values, rows: counts, features: own };
  }
  const sorted = Float64Array.from({ length: rows }, (_, row) => x[row * features + first]!).sort();
  const values = numbersOf(sorted, points);
  return {
    values,
    rows: nearest(sorted, values),
    features: values.map((value) => (width === 1 ? [value] : [value, 0])),
  };
}

function numbersOf(sorted: Float64Array, points: number): number[] {
  const distinct: number[] = [];
  for (const value of sorted) {
    if (value === distinct.at(-1)) continue;
    distinct.push(value);
    if (distinct.length > points) break;
  }
  if (distinct.length <= points) return distinct;
  const quantiles = Array.from({ length: points }, (_, at) =>
    quantileOfSorted(sorted, OUTER + ((1 - 2 * OUTER) * at) / (points - 1)),
  );
  return [...new Set(quantiles)];
}

/** How many of the numbers are nearest to each of the values, both ascending; those between two go to the lower. */
function nearest(sorted: Float64Array, values: readonly number[]): number[] {
  const counts = new Array<number>(values.length).fill(0);
  let at = 0;
  for (const value of sorted) {
    while (at + 1 < values.length && Math.abs(values[at + 1]! - value) < Math.abs(values[at]! - value)) at++;
    counts[at]!++;
  }
  return counts;
}

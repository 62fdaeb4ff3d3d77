// Whether test rows come from where the training rows came from: column by column, the largest distance of their
// distribution functions.

import type { Dataset } from '../../data/dataset/dataset.js';
import type { FeaturesData } from '../page/page-data.js';

/** Rows looked at of each, evenly taken from all. */
const MOST_ROWS = 4000;
/** Columns looked at. */
const MOST_COLUMNS = 300;
/** Columns listed. */
const SHOWN = 12;
/** √(ln(2 / 0.01) / 2): Kolmogorov's distance that chance exceeds once in a hundred, times √(1/n + 1/m). */
const HUNDREDTH = 1.6276;

/**
 * The columns that moved most.
 *
 * **Source:** Smirnov 1939, On the estimation of the discrepancy between empirical curves of distribution for two
 * independent samples.
 */
export function driftOf(train: Dataset, test: Dataset, names: readonly string[]): FeaturesData['drift'] {
  const columns = Array.from({ length: Math.min(train.features, MOST_COLUMNS) }, (_, column) => column);
  const drift = columns.map((column) => {
    const [before, after] = [columnOf(train, column), columnOf(test, column)];
    const [mean, deviation] = momentsOf(before);
    return {
      name: names[column] ?? `x[${column}]`,
      distance: distanceOf(before, after),
      expected: HUNDREDTH * Math.sqrt(1 / before.length + 1 / after.length),
      meanShift: deviation === 0 ? 0 : (momentsOf(after)[0] - mean) / deviation,
    };
  });
  return drift.sort((a, b) => b.distance - a.distance).slice(0, SHOWN);
}

/** Sorted. */
function columnOf({ x, rows, features }: Dataset, column: number): Float64Array {
  const step = Math.max(1, Math.ceil(rows / MOST_ROWS));
  const values = new Float64Array(Math.ceil(rows / step));
  for (let at = 0; at < values.length; at++) values[at] = x[at * step * features + column]!;
  return values.sort();
}

function momentsOf(values: Float64Array): [mean: number, deviation: number] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return [mean, Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)];
}

/** sup |F − G| of two sorted samples. */
function distanceOf(first: Float64Array, second: Float64Array): number {
  let [i, j, most] = [0, 0, 0];
  while (i < first.length && j < second.length) {
    const value = Math.min(first[i]!, second[j]!);
    while (first[i] === value) i++;
    while (second[j] === value) j++;
    most = Math.max(most, Math.abs(i / first.length - j / second.length));
  }
  return most;
}

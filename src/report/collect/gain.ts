// What averaging took off a member's error, row by row, so that rows that are hard for all weigh nothing in its interval.

import { outputCount } from '../../data/dataset/dataset.js';
import { normalQuantile } from '../../math/normal.js';
import type { KnownRows } from '../../predictions/known-rows.js';
import { labelsOf } from '../../predictions/labels.js';
import type { GainData } from '../page/page-data.js';
import { targetVariances } from './target-variances.js';

/**
 * The mean member's error less the ensemble's: the error rate, or the squared error, in which each of several targets counts
 * by its variance. The interval is the normal one of a weighted mean of differences.
 */
export function gainOf(known: KnownRows, level: number): GainData {
  const { rows, weights } = known;
  const errors = known.task.kind === 'classification' ? wrongShares(known) : squares(known);
  const sum = { weight: 0, member: 0, ensemble: 0 };
  const weightOf = (row: number) => weights?.[row] ?? 1;
  for (let row = 0; row < rows; row++) {
    const weight = weightOf(row);
    sum.weight += weight;
    sum.member += weight * errors.member[row]!;
    sum.ensemble += weight * errors.ensemble[row]!;
  }
  const [member, ensemble] = [sum.member / sum.weight, sum.ensemble / sum.weight];
  const value = member - ensemble;
  let squared = 0;
  for (let row = 0; row < rows; row++) {
    const own = (weightOf(row) / sum.weight) * (errors.member[row]! - errors.ensemble[row]! - value);
    squared += own * own;
  }
  const half = normalQuantile((1 + level) / 2) * Math.sqrt((squared * rows) / Math.max(1, rows - 1));
  const known2 = rows > 1;
  return {
    metric: known.task.kind === 'classification' ? 'errorRate' : 'squaredError',
    ...{ member, ensemble, level },
    difference: { value, low: known2 ? value - half : null, high: known2 ? value + half : null },
  };
}

interface RowErrors {
  readonly member: Float64Array;
  readonly ensemble: Float64Array;
}

/** Share of a row's members that are wrong, and whether the ensemble is. */
function wrongShares({ rows, outputs, truth, combined, members, mask }: KnownRows): RowErrors {
  const member = new Float64Array(rows);
  const counts = new Float64Array(rows);
  for (const [at, predictions] of members.entries()) {
    const labels = labelsOf(predictions.mean, rows, outputs);
    for (let row = 0; row < rows; row++) {
      if (mask !== null && mask[at * rows + row] === 0) continue;
      counts[row]!++;
      if (labels[row] !== truth.labels[row]) member[row]!++;
    }
  }
  for (let row = 0; row < rows; row++) member[row]! /= counts[row]!;
  const ensemble = Float64Array.from(combined.labels!, (label, row) => Number(label !== truth.labels[row]));
  return { member, ensemble };
}

function squares(known: KnownRows): RowErrors {
  const { rows, truth, combined, members, mask, task } = known;
  const outputs = outputCount(task);
  const variances = targetVariances(known);
  const squareAt = (mean: ArrayLike<number>, row: number) => {
    let sum = 0;
    for (let target = 0; target < outputs; target++) {
      const error = mean[row * outputs + target]! - truth.targets[row * outputs + target]!;
      sum += (error * error) / (outputs === 1 ? 1 : variances[target]! || 1);
    }
    return sum;
  };
  const member = new Float64Array(rows);
  const counts = new Float64Array(rows);
  for (const [at, { mean }] of members.entries()) {
    for (let row = 0; row < rows; row++) {
      if (mask !== null && mask[at * rows + row] === 0) continue;
      counts[row]!++;
      member[row]! += squareAt(mean, row);
    }
  }
  for (let row = 0; row < rows; row++) member[row]! /= counts[row]!;
  return { member, ensemble: Float64Array.from({ length: rows }, (_, row) => squareAt(combined.mean, row)) };
}

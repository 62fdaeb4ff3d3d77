// Ridge regression by its normal equations.

import { factorCholesky, solveCholesky } from '../../math/cholesky.js';
import type { RowsToFit } from './rows-to-fit.js';

/** A linear model: [features, outputs] row-major, and [outputs]. */
export interface LinearModel {
  readonly weights: Float64Array;
  readonly bias: Float64Array;
}

/**
 * Minimises Σ wᵢ ‖yᵢ − Wᵀ xᵢ − b‖² + penalty · ‖W‖², the intercepts b unpenalised.
 *
 * @param targets f64[rows, outputs]
 * @returns null where the equations are singular to rounding
 *
 * **Source:** Hoerl and Kennard 1970, Ridge regression: biased estimation for nonorthogonal problems.
 */
export function fitRidge(
  { rows, features, x, weights }: RowsToFit,
  targets: Float64Array,
  outputs: number,
  penalty = 1,
): LinearModel | null {
  const xMeans = weightedMeans(x, rows, features, weights);
  const yMeans = weightedMeans(targets, rows, outputs, weights);
  const centred = new Float64Array(rows * features);
  for (let row = 0, at = 0; row < rows; row++) {
    const root = Math.sqrt(weights[row]!);
    for (let i = 0; i < features; i++, at++) centred[at] = root * (x[at]! - xMeans[i]!);
  }
  const gram = gramOf(centred, rows, features);
  for (let i = 0; i < features; i++) gram[i * features + i]! += penalty;
  if (!factorCholesky(gram, features)) return null;
  const fitted = new Float64Array(features * outputs);
  const bias = new Float64Array(outputs);
  for (let output = 0; output < outputs; output++) {
    const own = new Float64Array(features);
    for (let row = 0; row < rows; row++) {
      const value = Math.sqrt(weights[row]!) * (targets[row * outputs + output]! - yMeans[output]!);
      for (let i = 0; i < features; i++) own[i]! += value * centred[row * features + i]!;
    }
    solveCholesky(gram, features, own);
    bias[output] = yMeans[output]!;
    for (let i = 0; i < features; i++) {
      fitted[i * outputs + output] = own[i]!;
      bias[output]! -= own[i]! * xMeans[i]!;
    }
  }
  return { weights: fitted, bias };
}

/** Of each column of f64[rows, columns]. */
export function weightedMeans(
  values: Float64Array,
  rows: number,
  columns: number,
  weights: Float64Array,
): Float64Array {
  const means = new Float64Array(columns);
  let weight = 0;
  // Row by row, so that values far from 0 lose no digits.
  for (let row = 0; row < rows; row++) {
    if (weights[row] === 0) continue;
    weight += weights[row]!;
    const share = weights[row]! / weight;
    for (let i = 0; i < columns; i++) means[i]! += share * (values[row * columns + i]! - means[i]!);
  }
  return means;
}

/** The lower triangle of Xᵀ X, four rows at a time. */
function gramOf(x: Float64Array, rows: number, features: number): Float64Array {
  const gram = new Float64Array(features * features);
  const none = new Float64Array(features);
  const rowAt = (row: number) => (row < rows ? x.subarray(row * features, (row + 1) * features) : none);
  for (let row = 0; row < rows; row += 4) {
    const [first, second, third, fourth] = [rowAt(row), rowAt(row + 1), rowAt(row + 2), rowAt(row + 3)];
    for (let i = 0; i < features; i++) {
      const [a, b, c, d] = [first[i]!, second[i]!, third[i]!, fourth[i]!];
      const from = i * features;
      for (let j = 0; j <= i; j++) {
        gram[from + j]! += a * first[j]! + b * second[j]! + c * third[j]! + d * fourth[j]!;
      }
    }
  }
  return gram;
}

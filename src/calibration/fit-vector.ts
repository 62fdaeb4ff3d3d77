// The scales and biases of classes that suit rows best.

import { factorCholesky, solveCholesky } from '../math/cholesky.js';
import { exp } from '../math/functions.js';
import { minimise } from '../math/lbfgs.js';
import type { CalibrationRows } from './rows.js';
import { normaliseAt } from './softmax.js';
import { vector } from './vector.js';

/**
 * As much as a row weighs: it settles what the rows leave open, a bias common to all classes, and holds what they would let
 * go to infinity.
 */
const RIDGE = 1;

/** Classes up to which second derivatives cost less than the steps they spare. */
const MOST_FOR_NEWTON = 24;

/**
 * [scales, biases] that minimise Σ w (ln Σₖ exp(aₖ zₖ + bₖ) − a_y z_y − b_y) + ridge/2 (Σ (aₖ − 1)² + Σ bₖ²), where z are
 * the logarithms of probabilities: by Newton's method to double precision, of many classes by L-BFGS.
 *
 * **Source:** Guo, Pleiss, Sun and Weinberger 2017, section 4.2; the ridge is a Gaussian prior about the identity.
 */
export function fitVector(rows: CalibrationRows, ridge = RIDGE): number[] {
  const { classes } = rows;
  const x = Float64Array.from(vector.identity(classes));
  if (classes <= MOST_FOR_NEWTON) byNewton(rows, ridge, x);
  else {
    const objective = (at: Float64Array, gradient: Float64Array) =>
      objectiveAt(rows, ridge, at, gradient, null);
    minimise(objective, x, { tolerance: 1e-7 * rows.rows, iterations: 200 });
  }
  return Array.from(x);
}

/** Rounding hides what a step changes by less than this share of the objective. */
const HIDDEN = 1e-12;

function byNewton(rows: CalibrationRows, ridge: number, x: Float64Array): void {
  const size = x.length;
  const hessian = new Float64Array(size * size);
  const gradient = new Float64Array(size);
  const unused = new Float64Array(size);
  let value = objectiveAt(rows, ridge, x, gradient, hessian);
  for (let round = 0; round < 50; round++) {
    if (!factorCholesky(hessian, size)) return;
    const step = gradient.map((part) => -part);
    const slope = -solvedSquare(hessian, size, step);
    let length = 1;
    const next = new Float64Array(size);
    for (let halvings = 0; halvings < 40; halvings++, length /= 2) {
      for (let at = 0; at < size; at++) next[at] = x[at]! + length * step[at]!;
      const reached = objectiveAt(rows, ridge, next, unused, null);
      if (reached <= value + 1e-4 * length * slope + HIDDEN * value) break;
    }
    x.set(next);
    // The decrease that is foretold is beyond what doubles show.
    if (-slope <= 1e-16 * value) return;
    value = objectiveAt(rows, ridge, x, gradient, hessian);
  }
}

/** Solves H step = step in place. @returns step · H step of the solution, twice the decrease that Newton foretells. */
function solvedSquare(factor: Float64Array, size: number, step: Float64Array): number {
  const right = step.slice();
  solveCholesky(factor, size, step);
  return step.reduce((sum, part, at) => sum + part * right[at]!, 0);
}

/** The objective; its gradient, and its second derivatives [2 classes, 2 classes] where they are asked for, are written. */
function objectiveAt(
  { rows, classes, logits, labels, weights }: CalibrationRows,
  ridge: number,
  parameters: Float64Array,
  gradient: Float64Array,
  hessian: Float64Array | null,
): number {
  const size = 2 * classes;
  let value = 0;
  hessian?.fill(0);
  for (let at = 0; at < size; at++) {
    const from = at < classes ? parameters[at]! - 1 : parameters[at]!;
    value += (ridge / 2) * from * from;
    gradient[at] = ridge * from;
    if (hessian !== null) hessian[at * size + at] = ridge;
  }
  const shares = new Float64Array(classes);
  for (let row = 0; row < rows; row++) {
    const from = row * classes;
    const weight = weights[row]!;
    const label = labels[row]!;
    for (let k = 0; k < classes; k++) {
      shares[k] = parameters[k]! * logits[from + k]! + parameters[classes + k]!;
    }
    normaliseAt(shares, 0, classes);
    value -= weight * shares[label]!;
    for (let k = 0; k < classes; k++) {
      shares[k] = exp(shares[k]!);
      const error = weight * (shares[k]! - (k === label ? 1 : 0));
      gradient[k]! += error * logits[from + k]!;
      gradient[classes + k]! += error;
    }
    if (hessian !== null) addCurvature(hessian, shares, logits, from, weight);
  }
  return value;
}

/** Adds w (δᵢⱼ pᵢ − pᵢ pⱼ) times zᵢ zⱼ, zⱼ and 1: scale by scale, bias by scale and bias by bias, the lower half. */
function addCurvature(
  hessian: Float64Array,
  shares: Float64Array,
  logits: Float64Array,
  from: number,
  weight: number,
): void {
  const classes = shares.length;
  const size = 2 * classes;
  for (let i = 0; i < classes; i++) {
    const own = weight * shares[i]!;
    const z = logits[from + i]!;
    for (let j = 0; j < classes; j++) {
      const curvature = own * ((i === j ? 1 : 0) - shares[j]!);
      const other = logits[from + j]!;
      if (j <= i) {
        hessian[i * size + j]! += curvature * z * other;
        hessian[(classes + i) * size + classes + j]! += curvature;
      }
      hessian[(classes + i) * size + j]! += curvature * other;
    }
  }
}

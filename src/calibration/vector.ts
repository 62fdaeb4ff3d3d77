// Vector scaling: p ∝ exp(aₖ zₖ + bₖ), a scale and a bias for each class.

import { exp } from '../math/functions.js';
import { minimise } from '../math/lbfgs.js';
import type { CalibrationMethodDefinition } from './method.js';
import type { CalibrationRows } from './rows.js';
import { normaliseAt } from './softmax.js';

export const vector = {
  name: 'vector',
  title: 'vector scaling',
  says: 'a factor and a summand for the logarithm of each class',
  binary: false,
  identity: (classes) => [...new Array<number>(classes).fill(1), ...new Array<number>(classes).fill(0)],
  fits: ({ length }, classes) => length === 2 * classes,
  fit: (rows) => fitVector(rows),
  apply: (parameters, logits, classes) => {
    for (let from = 0; from < logits.length; from += classes) {
      for (let k = 0; k < classes; k++) {
        logits[from + k] = parameters[k]! * logits[from + k]! + parameters[classes + k]!;
      }
      normaliseAt(logits, from, classes);
    }
  },
} as const satisfies CalibrationMethodDefinition;

/** As much as a row weighs: it settles what the rows leave open, a bias common to all classes, and holds what they would let go to infinity. */
const RIDGE = 1;

/**
 * [scales, biases] that minimise Σ w (ln Σₖ exp(aₖ zₖ + bₖ) − a_y z_y − b_y) + ridge/2 (Σ (aₖ − 1)² + Σ bₖ²), where z are
 * the logarithms of probabilities.
 *
 * **Source:** Guo, Pleiss, Sun and Weinberger 2017, section 4.2; the ridge is a Gaussian prior about the identity.
 */
export function fitVector(rows: CalibrationRows, ridge = RIDGE): number[] {
  const { classes } = rows;
  const x = Float64Array.from(vector.identity(classes));
  const scaled = new Float64Array(classes);
  const objective = (parameters: Float64Array, gradient: Float64Array): number => {
    const { logits, labels, weights } = rows;
    let value = 0;
    for (let at = 0; at < 2 * classes; at++) {
      const from = at < classes ? parameters[at]! - 1 : parameters[at]!;
      value += (ridge / 2) * from * from;
      gradient[at] = ridge * from;
    }
    for (let row = 0; row < rows.rows; row++) {
      const from = row * classes;
      const weight = weights[row]!;
      const label = labels[row]!;
      for (let k = 0; k < classes; k++) {
        scaled[k] = parameters[k]! * logits[from + k]! + parameters[classes + k]!;
      }
      normaliseAt(scaled, 0, classes);
      value -= weight * scaled[label]!;
      for (let k = 0; k < classes; k++) {
        const error = weight * (exp(scaled[k]!) - (k === label ? 1 : 0));
        gradient[k]! += error * logits[from + k]!;
        gradient[classes + k]! += error;
      }
    }
    return value;
  };
  minimise(objective, x, { tolerance: 1e-9 * rows.rows, iterations: 1000 });
  return Array.from(x);
}

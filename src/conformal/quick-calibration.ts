// Calibrated probabilities by the million, of what the members that never saw each row say: as src/calibration has them,
// within what counts as a tie.

import type { Calibration, CalibrationMethod } from '../calibration/calibration.js';
import { calibrationMethods } from '../calibration/methods.js';
import { exp, log } from '../math/functions.js';
import { quickExp, quickLog } from '../math/quick-functions.js';
import { LOG_LOSS_FLOOR } from '../measure/metrics/log-loss.js';
import type { Calibrate } from './left-out.js';

/** @param logarithmsKnown whether predictions come with logarithms, which no floor holds */
export function quickCalibration(
  calibration: Pick<Calibration, 'method' | 'parameters'>,
  classes: number,
  logarithmsKnown: boolean,
): Calibrate | null {
  const { parameters, method } = calibration;
  // As src/calibration/rows.ts takes them: logarithms that are known have no floor.
  const floor = logarithmsKnown ? LEAST_NORMAL : LOG_LOSS_FLOOR;
  if (method === null) return null;
  if (method === 'isotonic')
    return { monotone: true, monotoneUnscaled: true, apply: exactly(method, parameters, classes, floor) };
  const scales =
    method === 'vector' ? parameters.slice(0, classes) : new Array(classes).fill(1 / parameters[0]!);
  const biases = method === 'vector' ? parameters.slice(classes) : new Array(classes).fill(0);
  return {
    // What a negative factor of vector scaling is not.
    monotone: scales.every((scale) => scale >= 0),
    monotoneUnscaled: scales.every((scale) => scale === scales[0]),
    apply: (probabilities: Float64Array) => scaleLogits(probabilities, scales, biases, floor),
  };
}

/** The smallest double that has all its digits. */
const LEAST_NORMAL = 2 ** -1022;

/** By the method itself. */
function exactly(name: CalibrationMethod, parameters: readonly number[], classes: number, floor: number) {
  const { apply } = calibrationMethods.get(name);
  return (probabilities: Float64Array) => {
    for (let at = 0; at < probabilities.length; at++) {
      probabilities[at] = log(Math.max(probabilities[at]!, floor));
    }
    apply(parameters, probabilities, classes);
    for (let at = 0; at < probabilities.length; at++) probabilities[at] = exp(probabilities[at]!);
  };
}

/** p ∝ exp(aₖ ln pₖ + bₖ) in place: what temperature and vector scaling do, for millions of rows. */
function scaleLogits(
  probabilities: Float64Array,
  scales: readonly number[],
  biases: readonly number[],
  floor: number,
): void {
  const classes = scales.length;
  for (let from = 0; from < probabilities.length; from += classes) {
    let most = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < classes; k++) {
      const logit = scales[k]! * quickLog(Math.max(probabilities[from + k]!, floor)) + biases[k]!;
      probabilities[from + k] = logit;
      if (logit > most) most = logit;
    }
    let sum = 0;
    for (let k = 0; k < classes; k++) {
      const share = quickExp(probabilities[from + k]! - most);
      probabilities[from + k] = share;
      sum += share;
    }
    const scale = 1 / sum;
    for (let k = 0; k < classes; k++) probabilities[from + k]! *= scale;
  }
}

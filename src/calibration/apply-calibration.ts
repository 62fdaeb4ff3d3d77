// Calibrated predictions from combined ones: the one place where a calibration takes effect.

import { exp } from '../math/functions.js';
import type { CombinedPredictions } from '../predictions/combined-predictions.js';
import { largestAt } from '../predictions/labels.js';
import type { Calibration } from './calibration.js';
import { calibrationMethods, isIdentity } from './methods.js';
import { logitsOf } from './rows.js';

/**
 * Calibrates combined predictions of classes, in new arrays. Logarithms are known then. Rows without a member stay NaN, with
 * label −1. The most probable class is predicted, of equals the lower index, unless there is a decision threshold.
 */
export function applyCalibration(
  { method, parameters, threshold }: Pick<Calibration, 'method' | 'parameters' | 'threshold'>,
  combined: CombinedPredictions,
): CombinedPredictions {
  const { rows, outputs } = combined;
  // What stays as it is stays so to the bit.
  const mapped =
    method === null || isIdentity({ method, parameters }, outputs)
      ? null
      : calibrated(combined, method, parameters);
  const labels = new Int32Array(rows);
  const probabilities = mapped?.mean ?? combined.mean;
  for (let row = 0; row < rows; row++) {
    const from = row * outputs;
    if (Number.isNaN(combined.mean[from]!)) labels[row] = -1;
    else if (threshold !== null) labels[row] = probabilities[from + 1]! >= threshold.value ? 1 : 0;
    else if (mapped === null) labels[row] = combined.labels![row]!;
    else labels[row] = largestAt(mapped.logits, from, outputs);
  }
  if (mapped === null) return { ...combined, labels };
  const { mean, logProbabilities } = mapped;
  return { ...combined, mean, logProbabilities, labels };
}

function calibrated(
  combined: CombinedPredictions,
  name: NonNullable<Calibration['method']>,
  parameters: readonly number[],
) {
  const logits = logitsOf(combined);
  calibrationMethods.get(name).apply(parameters, logits, combined.outputs);
  const mean = new Float32Array(logits.length);
  for (let at = 0; at < logits.length; at++) mean[at] = exp(logits[at]!);
  return { logits, mean, logProbabilities: Float32Array.from(logits) };
}

import { exp } from '../../math/functions.js';
import { twoSidedNormal } from '../../math/normal.js';
import { varianceMetric } from './target-losses.js';

/**
 * The continuous ranked probability score of the normal distribution with the combined mean and variance: an absolute error that pays for
 * being unsure.
 *
 * **Source:** Gneiting and Raftery 2007, Strictly proper scoring rules, prediction, and estimation, section 4.2.
 */
export const crps = varianceMetric(
  {
    name: 'crps',
    title: 'CRPS',
    says: 'mean squared difference of the predicted distribution function and the truth’s step, in the target’s units',
    better: 'less',
    written: 'figure',
  },
  normalCrps,
);

/** σ (z (2Φ(z) − 1) + 2φ(z) − 1/√π) with z = e/σ. */
function normalCrps(error: number, deviation: number): number {
  if (deviation === 0) return Math.abs(error);
  const z = Math.abs(error) / deviation;
  const density = exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  return deviation * (z * (1 - twoSidedNormal(z)) + 2 * density - 1 / Math.sqrt(Math.PI));
}

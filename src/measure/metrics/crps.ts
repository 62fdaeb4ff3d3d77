import { exp } from '../../math/functions.js';
import { twoSidedNormal } from '../../math/normal.js';
import type { SummedMetric } from './metric.js';
import { addTargetLosses, meanLosses } from './target-losses.js';

/**
 * The continuous ranked probability score of the normal distribution with the combined mean and variance: an absolute error that pays for
 * being unsure.
 *
 * **Source:** Gneiting and Raftery 2007, Strictly proper scoring rules, prediction, and estimation, section 4.2.
 */
export const crps = {
  name: 'crps',
  title: 'CRPS',
  says: 'mean squared difference of the predicted distribution function and the truth’s step, in the target’s units',
  from: 'sums',
  of: 'ensemble',
  tasks: ['regression'],
  better: 'less',
  values: 'perTarget',
  reads: 'variances',
  written: 'figure',
  listed: ['regression'],
  columns: { scores: [], curves: [] },
  sums: (outputs) => outputs,
  addRows: (sums, rows) => addTargetLosses(sums, rows, normalCrps),
  value: meanLosses,
} as const satisfies SummedMetric;

/** σ (z (2Φ(z) − 1) + 2φ(z) − 1/√π) with z = e/σ. */
function normalCrps(error: number, deviation: number): number {
  if (deviation === 0) return Math.abs(error);
  const z = Math.abs(error) / deviation;
  const density = exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  return deviation * (z * (1 - twoSidedNormal(z)) + 2 * density - 1 / Math.sqrt(Math.PI));
}

import { normalQuantile } from '../../math/normal.js';
import { varianceMetric } from './target-losses.js';

/**
 * Of the quantiles of the normal distribution with the combined mean and variance.
 *
 * **Source:** Koenker and Bassett 1978, Regression quantiles.
 */
export const pinball = varianceMetric(
  {
    name: 'pinball',
    title: 'pinball loss',
    says: 'mean loss of the predicted quantiles 0.05, 0.25, 0.5, 0.75 and 0.95',
    better: 'less',
    written: 'figure',
  },
  quantileLoss,
);

/** Quantiles whose losses are averaged. */
export const PINBALL_QUANTILES = [0.05, 0.25, 0.5, 0.75, 0.95] as const;

const DEVIATES = PINBALL_QUANTILES.map(normalQuantile);

/** max(τ (y − q), (τ − 1) (y − q)) with q = μ + z_τ σ, mean over τ. */
function quantileLoss(error: number, deviation: number): number {
  let sum = 0;
  for (const [at, share] of PINBALL_QUANTILES.entries()) {
    const rest = -error - DEVIATES[at]! * deviation;
    sum += Math.max(share * rest, (share - 1) * rest);
  }
  return sum / PINBALL_QUANTILES.length;
}

// What a few of the members foretell for all of them: their own v and c in the formula of averaging, beside what all of them
// really did. Pure arithmetic on the matrix of error products.

import { averagedError } from './formulas.js';

/** From the first `memberCount` members alone. */
export interface Forecast {
  readonly memberCount: number;
  readonly v: number;
  readonly c: number;
  /** v/k + (k − 1) c/k for all k members. */
  readonly predicted: number;
  /** predicted / measured − 1; null where the measured error is 0. */
  readonly relativeDifference: number | null;
}

/**
 * Forecasts from the first 2, 4, 8, … members, fewer than all; none where the matrix is unknown or has gaps.
 * @param covariance k × k means of εᵢ εⱼ over the same rows. @param measured squared error of the mean of all k.
 */
export function forecastsOf(
  covariance: readonly (readonly (number | null)[])[] | null,
  measured: number,
): Forecast[] {
  if (covariance === null) return [];
  const members = covariance.length;
  const forecasts: Forecast[] = [];
  for (let count = 2; count < members; count *= 2) {
    let [squares, products] = [0, 0];
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < count; j++) {
        const product = covariance[i]![j]!;
        if (product === null) return [];
        if (i === j) squares += product;
        else products += product;
      }
    }
    const [v, c] = [squares / count, products / (count * (count - 1))];
    const predicted = averagedError(v, c, members)!;
    const relativeDifference = measured === 0 ? null : predicted / measured - 1;
    forecasts.push({ memberCount: count, v, c, predicted, relativeDifference });
  }
  return forecasts;
}

import { log } from '../../math/functions.js';
import { varianceMetric } from './target-losses.js';

/** Of the normal density with the combined mean and variance, in nats; for each target. */
export const nll = varianceMetric(
  {
    name: 'nll',
    title: 'NLL',
    says: 'mean of −ln of the density that the predicted mean and variance give the truth',
    better: 'less',
    written: 'figure',
  },
  negativeLogDensity,
);

/** ½ ln (2π σ²) + e² / 2σ². */
function negativeLogDensity(error: number, deviation: number): number {
  return HALF_LOG_TWO_PI + log(deviation) + 0.5 * (error / deviation) ** 2;
}

const HALF_LOG_TWO_PI = 0.5 * log(2 * Math.PI);

import { log } from '../../math/functions.js';
import type { ScoredRows, SummedMetric } from './metric.js';

/** Probabilities of the true class below this count as this in the log-loss (at most 34.5 per row). */
export const LOG_LOSS_FLOOR = 1e-15;

const LOG_FLOOR = log(LOG_LOSS_FLOOR);

export const logLoss = {
  name: 'logLoss',
  title: 'log-loss',
  says: 'mean of −ln of the probability of the true class',
  from: 'sums',
  of: 'everyone',
  tasks: ['classification'],
  better: 'less',
  values: 'one',
  reads: 'probabilities',
  written: 'figure',
  listed: ['classification'],
  columns: { scores: ['classification'], curves: ['classification'] },
  sums: () => 1,
  addRows: addLogLoss,
  value: ([sum], weight) => sum! / weight,
} as const satisfies SummedMetric;

function addLogLoss(sums: Float64Array, scored: ScoredRows): void {
  const { rows, outputs, mean, logProbabilities, truth, weights } = scored;
  let sum = sums[0]!;
  for (let row = 0; row < rows; row++) {
    const weight = weights === null ? 1 : weights[row]!;
    if (weight === 0) continue;
    const at = row * outputs + truth.labels[row]!;
    // The same floor for known logarithms, so that members and ensembles compare like with like.
    sum -=
      weight *
      (logProbabilities === null
        ? log(Math.max(mean[at]!, LOG_LOSS_FLOOR))
        : Math.max(logProbabilities[at]!, LOG_FLOOR));
  }
  sums[0] = sum;
}

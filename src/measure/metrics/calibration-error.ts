import { type ConfidenceBins, calibrationError, confidenceBins } from '../statistics/confidence-bins.js';
import type { WholeMetric } from './metric.js';

export const expectedCalibrationError = {
  name: 'ece',
  title: 'ECE',
  says: 'mean of |accuracy − confidence| over 15 bins of the confidence, of equal width',
  from: 'allRows',
  tasks: ['classification'],
  better: 'less',
  reads: 'probabilities',
  written: 'figure',
  listed: ['classification'],
  grows: true,
  statistic: confidenceBins,
  value: (figures: ConfidenceBins) => calibrationError(figures),
} as const satisfies WholeMetric;

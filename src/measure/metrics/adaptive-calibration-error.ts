import { adaptiveBins, type ConfidenceBins, calibrationError } from '../statistics/confidence-bins.js';
import type { WholeMetric } from './metric.js';

export const adaptiveCalibrationError = {
  name: 'adaptiveEce',
  title: 'ECE, adaptive',
  says: 'the same over 15 bins of as many rows',
  from: 'allRows',
  tasks: ['classification'],
  better: 'less',
  reads: 'probabilities',
  written: 'figure',
  listed: ['classification'],
  grows: true,
  statistic: adaptiveBins,
  value: (figures: ConfidenceBins) => calibrationError(figures),
} as const satisfies WholeMetric;

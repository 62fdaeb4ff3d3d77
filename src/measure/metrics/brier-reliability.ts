import { type BrierParts, brierParts } from '../statistics/brier-parts.js';
import type { WholeMetric } from './metric.js';

export const reliability = {
  name: 'reliability',
  title: 'reliability (+)',
  says: 'mean squared difference of probabilities and of how often what they say happens, in 15 bins',
  from: 'allRows',
  tasks: ['classification'],
  better: 'less',
  reads: 'values',
  written: 'figure',
  listed: ['classification'],
  grows: true,
  statistic: brierParts,
  value: (figures: BrierParts) => figures.reliability,
} as const satisfies WholeMetric;

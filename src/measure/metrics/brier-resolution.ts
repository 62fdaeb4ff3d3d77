import { type BrierParts, brierParts } from '../statistics/brier-parts.js';
import type { WholeMetric } from './metric.js';

export const resolution = {
  name: 'resolution',
  title: 'resolution (−)',
  says: 'mean squared difference of how often it happens in the bins and at all',
  from: 'allRows',
  tasks: ['classification'],
  better: 'more',
  reads: 'values',
  written: 'figure',
  listed: ['classification'],
  grows: true,
  statistic: brierParts,
  value: (figures: BrierParts) => figures.resolution,
} as const satisfies WholeMetric;

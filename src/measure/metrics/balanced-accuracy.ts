import { type Confusion, confusion, recalls } from '../statistics/confusion.js';
import { definedMean } from '../statistics/statistic.js';
import type { WholeMetric } from './metric.js';

export const balancedAccuracy = {
  name: 'balancedAccuracy',
  title: 'balanced accuracy',
  says: 'mean over the classes there are of the share of their rows that are predicted right',
  from: 'allRows',
  tasks: ['classification'],
  better: 'more',
  reads: 'choices',
  written: 'share',
  listed: ['classification'],
  statistic: confusion,
  value: (figures: Confusion) => definedMean(recalls(figures)),
  each: (figures: Confusion) => recalls(figures),
} as const satisfies WholeMetric;

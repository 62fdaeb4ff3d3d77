import { type Confusion, confusion, f1Scores } from '../statistics/confusion.js';
import { definedMean } from '../statistics/statistic.js';
import type { WholeMetric } from './metric.js';

/** Over the classes that some row is of or is taken for. */
export const f1Macro = {
  name: 'f1Macro',
  title: 'F1, macro',
  says: 'mean over classes of the harmonic mean of precision and recall',
  from: 'allRows',
  tasks: ['classification'],
  better: 'more',
  reads: 'choices',
  written: 'figure',
  listed: ['classification'],
  statistic: confusion,
  value: (figures: Confusion) => definedMean(f1Scores(figures)),
  each: (figures: Confusion) => f1Scores(figures),
} as const satisfies WholeMetric;

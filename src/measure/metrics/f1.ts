import { type Confusion, confusion, f1Scores } from '../statistics/confusion.js';
import type { WholeMetric } from './metric.js';

export const f1 = {
  name: 'f1',
  title: 'F1 of the second class',
  says: 'harmonic mean of precision and recall of the second of two classes',
  from: 'allRows',
  tasks: ['classification'],
  better: 'more',
  reads: 'choices',
  written: 'figure',
  listed: ['classification'],
  classes: 2,
  statistic: confusion,
  value: (figures: Confusion) => f1Scores(figures)[1]!,
  lacks: ({ truth, chosen }) =>
    truth.labels.includes(1) || chosen.includes(1)
      ? null
      : 'no row is of the second class, and none is taken for it',
} as const satisfies WholeMetric;

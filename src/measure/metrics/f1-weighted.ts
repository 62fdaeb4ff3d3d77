import { type Confusion, confusion, f1Scores } from '../statistics/confusion.js';
import type { WholeMetric } from './metric.js';

export const f1Weighted = {
  name: 'f1Weighted',
  title: 'F1, weighted',
  says: 'mean of the classes’ F1, each by the weight of its rows',
  from: 'allRows',
  tasks: ['classification'],
  better: 'more',
  reads: 'choices',
  written: 'figure',
  listed: ['classification'],
  statistic: confusion,
  value(figures: Confusion) {
    const { truths, weight } = figures;
    const each = f1Scores(figures);
    let sum = 0;
    for (let label = 0; label < each.length; label++) {
      if (truths[label]! > 0) sum += (each[label]! * truths[label]!) / weight;
    }
    return sum;
  },
} as const satisfies WholeMetric;

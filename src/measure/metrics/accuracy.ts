import type { SummedMetric } from './metric.js';
import { addWrong } from './wrong-rows.js';

export const accuracy = {
  name: 'accuracy',
  title: 'accuracy',
  says: 'share of rows whose predicted class is right',
  from: 'sums',
  of: 'everyone',
  tasks: ['classification'],
  better: 'more',
  values: 'one',
  reads: 'choices',
  written: 'share',
  listed: ['classification'],
  columns: { scores: ['classification'], curves: ['classification'] },
  sums: () => 1,
  addRows: addWrong,
  value: ([wrong], weight) => (weight - wrong!) / weight,
} as const satisfies SummedMetric;

import type { Metric } from './metric.js';
import { addWrong } from './wrong-rows.js';

export const accuracy = {
  name: 'accuracy',
  title: 'accuracy',
  says: 'share of rows whose predicted class is right',
  tasks: ['classification'],
  better: 'more',
  values: 'one',
  reads: 'choices',
  written: 'share',
  columns: { scores: ['classification'], curves: ['classification'] },
  sums: () => 1,
  addRows: addWrong,
  value: ([wrong], weight) => (weight - wrong!) / weight,
} as const satisfies Metric;

import type { SummedMetric } from './metric.js';
import { addWrong } from './wrong-rows.js';

/** 1 − accuracy, which has the column in texts. */
export const errorRate = {
  name: 'errorRate',
  title: 'error rate',
  says: 'share of rows whose predicted class is wrong',
  from: 'sums',
  of: 'everyone',
  tasks: ['classification'],
  better: 'less',
  values: 'one',
  reads: 'choices',
  written: 'share',
  listed: [],
  columns: { scores: [], curves: [] },
  sums: () => 1,
  addRows: addWrong,
  value: ([wrong], weight) => wrong! / weight,
} as const satisfies SummedMetric;

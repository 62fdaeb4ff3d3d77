import type { SummedMetric } from './metric.js';
import { addTargetLosses, meanLosses } from './target-losses.js';

export const mae = {
  name: 'mae',
  title: 'MAE',
  says: 'mean of |prediction − truth|, for each target in its units',
  from: 'sums',
  of: 'ensemble',
  tasks: ['regression'],
  better: 'less',
  values: 'perTarget',
  reads: 'values',
  written: 'figure',
  listed: ['regression'],
  columns: { scores: [], curves: [] },
  sums: (outputs) => outputs,
  addRows: (sums, rows) => addTargetLosses(sums, rows, Math.abs),
  value: meanLosses,
} as const satisfies SummedMetric;

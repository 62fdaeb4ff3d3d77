import { CENTRAL_DEVIATE } from './interval-coverage.js';
import type { SummedMetric } from './metric.js';
import { addTargetLosses, meanLosses } from './target-losses.js';

export const intervalWidth = {
  name: 'intervalWidth',
  title: 'width of 90 % intervals',
  says: 'mean width of those intervals, in the target’s units',
  from: 'sums',
  of: 'ensemble',
  tasks: ['regression'],
  better: 'less',
  values: 'perTarget',
  reads: 'variances',
  written: 'figure',
  listed: ['regression'],
  columns: { scores: [], curves: [] },
  sums: (outputs) => outputs,
  addRows: (sums, rows) => addTargetLosses(sums, rows, width),
  value: meanLosses,
} as const satisfies SummedMetric;

function width(_: number, deviation: number): number {
  return 2 * CENTRAL_DEVIATE * deviation;
}

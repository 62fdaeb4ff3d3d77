import type { SummedMetric } from './metric.js';
import { addSquares } from './squares.js';

/** Of a regression's scores the RMSE has the column, which says the same in the targets' units. */
export const squaredError = {
  name: 'squaredError',
  title: 'squared error',
  listedAs: 'Brier score',
  says: 'the Brier score over classes, or the squared error over targets',
  from: 'sums',
  of: 'everyone',
  tasks: ['classification', 'regression'],
  better: 'less',
  values: 'one',
  reads: 'values',
  written: 'figure',
  listed: ['classification'],
  columns: { scores: ['classification'], curves: ['classification', 'regression'] },
  sums: (outputs) => outputs,
  addRows: addSquares,
  value: (squares, weight) => squares.reduce((total, square) => total + square, 0) / weight,
} as const satisfies SummedMetric;

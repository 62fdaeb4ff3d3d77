import type { SummedMetric } from './metric.js';
import { addSquares } from './squares.js';

export const rmse = {
  name: 'rmse',
  title: 'RMSE',
  says: 'root of the mean squared error, for each target in its units',
  from: 'sums',
  of: 'everyone',
  tasks: ['regression'],
  better: 'less',
  values: 'perTarget',
  reads: 'values',
  written: 'figure',
  listed: ['regression'],
  columns: { scores: ['regression'], curves: ['regression'] },
  sums: (outputs) => outputs,
  addRows: addSquares,
  value: (squares, weight) => Array.from(squares, (square) => Math.sqrt(square / weight)),
  average: (values) => Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length),
} as const satisfies SummedMetric;

import { type ClassRanks, classRanks } from '../statistics/class-ranks.js';
import { definedMean } from '../statistics/statistic.js';
import type { WholeMetric } from './metric.js';

/** AUPR as a sum of steps, which does not flatter as trapezia do; over the classes that some row is of. */
export const averagePrecision = {
  name: 'averagePrecision',
  title: 'average precision',
  says: 'area under precision against recall, mean over classes; of two classes that of the second',
  from: 'allRows',
  tasks: ['classification'],
  better: 'more',
  reads: 'values',
  written: 'figure',
  listed: ['classification'],
  statistic: classRanks,
  value: ({ averagePrecision: areas }: ClassRanks) => (areas.length === 2 ? areas[1]! : definedMean(areas)),
  each: ({ averagePrecision: areas }: ClassRanks) => areas,
  lacks: ({ outputs, truth }) =>
    outputs === 2 && !truth.labels.includes(1) ? 'no row is of the second class' : null,
} as const satisfies WholeMetric;

import { type ClassRanks, classRanks } from '../statistics/class-ranks.js';
import { hasOneClass } from '../statistics/confusion.js';
import { definedMean } from '../statistics/statistic.js';
import type { WholeMetric } from './metric.js';

/** One class against the others, over the classes that some row is of; of two classes both have the same. */
export const auroc = {
  name: 'auroc',
  title: 'AUROC',
  says: 'how often a row of a class is given more of its probability than a row of another, mean over classes',
  from: 'allRows',
  tasks: ['classification'],
  better: 'more',
  reads: 'values',
  written: 'figure',
  listed: ['classification'],
  statistic: classRanks,
  value: ({ auroc: areas }: ClassRanks) => definedMean(areas),
  each: ({ auroc: areas }: ClassRanks) => areas,
  lacks: ({ truth }) => (hasOneClass(truth) ? 'these rows are all of one class' : null),
} as const satisfies WholeMetric;

import { type BrierParts, brierParts } from '../statistics/brier-parts.js';
import type { WholeMetric } from './metric.js';

export const uncertainty = {
  name: 'uncertainty',
  title: 'uncertainty (+)',
  says: 'the squared error of saying the classes’ shares every time',
  from: 'allRows',
  tasks: ['classification'],
  better: 'less',
  reads: 'values',
  written: 'figure',
  listed: ['classification'],
  shrinks: (classes) => 1 - 1 / classes,
  statistic: brierParts,
  value: (figures: BrierParts) => figures.uncertainty,
} as const satisfies WholeMetric;

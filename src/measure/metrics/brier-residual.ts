import { type BrierParts, brierParts } from '../statistics/brier-parts.js';
import type { WholeMetric } from './metric.js';

export const binningResidual = {
  name: 'binningResidual',
  title: 'within bins (+)',
  says: 'what probabilities in one bin differ by',
  from: 'allRows',
  tasks: ['classification'],
  better: 'less',
  reads: 'values',
  written: 'figure',
  listed: ['classification'],
  statistic: brierParts,
  value: (figures: BrierParts) => figures.residual,
} as const satisfies WholeMetric;

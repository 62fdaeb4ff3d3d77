import { type RiskCoverage, riskCoverage } from '../statistics/risk-coverage.js';
import type { WholeMetric } from './metric.js';

export const riskCoverageArea = {
  name: 'aurc',
  title: 'AURC',
  says: 'mean error of the surest rows, over all shares of rows that are given',
  from: 'allRows',
  tasks: ['classification', 'regression'],
  better: 'less',
  reads: 'values',
  written: 'figure',
  listed: ['classification', 'regression'],
  statistic: riskCoverage,
  value: (figures: RiskCoverage) => figures.area,
  lacks: ({ task, variance }) =>
    task.kind === 'regression' && variance === null ? 'there are no variances to rank by' : null,
} as const satisfies WholeMetric;

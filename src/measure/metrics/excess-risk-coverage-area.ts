import { leastArea, type RiskCoverage, riskCoverage } from '../statistics/risk-coverage.js';
import type { WholeMetric } from './metric.js';

export const excessRiskCoverageArea = {
  name: 'eAurc',
  title: 'AURC, excess',
  says: 'AURC beyond that of as many wrong rows ranked last',
  from: 'allRows',
  tasks: ['classification'],
  better: 'less',
  reads: 'values',
  written: 'figure',
  listed: ['classification'],
  statistic: riskCoverage,
  value: ({ area, risk }: RiskCoverage) => area - leastArea(risk),
} as const satisfies WholeMetric;

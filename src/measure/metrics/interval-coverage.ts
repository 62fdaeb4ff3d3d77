import type { SummedMetric } from './metric.js';
import { addTargetLosses, meanLosses } from './target-losses.js';

/** Near 0.9 is right: more is too unsure, less too sure. */
export const intervalCoverage = {
  name: 'intervalCoverage',
  title: 'coverage of 90 % intervals',
  says: 'share of rows within the central 90 % of the predicted distribution',
  from: 'sums',
  of: 'ensemble',
  tasks: ['regression'],
  better: 'more',
  values: 'perTarget',
  reads: 'variances',
  written: 'share',
  listed: ['regression'],
  columns: { scores: [], curves: [] },
  sums: (outputs) => outputs,
  addRows: (sums, rows) => addTargetLosses(sums, rows, covers),
  value: meanLosses,
} as const satisfies SummedMetric;

/** How much of the predicted distribution the interval is to hold. */
export const CENTRAL_LEVEL = 0.9;

/** The normal quantile of (1 + 0.9) / 2: half the interval's width in standard deviations. */
export const CENTRAL_DEVIATE = 1.6448536269514722;

function covers(error: number, deviation: number): number {
  return Math.abs(error) <= CENTRAL_DEVIATE * deviation ? 1 : 0;
}

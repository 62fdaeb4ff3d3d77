import { varianceMetric } from './target-losses.js';

/** Near 0.9 is right: more is too unsure, less too sure. */
export const intervalCoverage = varianceMetric(
  {
    name: 'intervalCoverage',
    title: 'coverage of 90 % intervals',
    says: 'share of rows within the central 90 % of the predicted distribution',
    better: 'more',
    written: 'share',
  },
  covers,
);

/** How much of the predicted distribution the interval is to hold. */
export const CENTRAL_LEVEL = 0.9;

/** The normal quantile of (1 + 0.9) / 2: half the interval's width in standard deviations. */
export const CENTRAL_DEVIATE = 1.6448536269514722;

function covers(error: number, deviation: number): number {
  return Math.abs(error) <= CENTRAL_DEVIATE * deviation ? 1 : 0;
}

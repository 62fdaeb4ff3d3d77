// The honest test of error correlation: v and c from out-of-bag rows, which cost no data, predict the
// ensemble's squared error on rows nobody trained on; both are shown side by side.

import { TuttiError } from '../errors.js';
import type { ErrorCorrelation } from './error-report.js';
import type { Interval } from './intervals.js';

export interface HonestTest {
  readonly members: number;
  /** v/k + (k − 1) c/k with v and c out of bag: an estimate for all k members. */
  readonly predicted: number;
  readonly predictedInterval: Interval | null;
  readonly outOfBagRows: number;
  /** Squared error of the unweighted arithmetic mean on the test rows. */
  readonly measured: number;
  readonly measuredInterval: Interval | null;
  readonly testRows: number;
  /** predicted / measured − 1; null when the measured error is 0. */
  readonly relativeDifference: number | null;
  /** Whether the two intervals overlap: false means they differ by more than chance in the rows explains. */
  readonly overlap: boolean | null;
}

/**
 * Sets an out-of-bag report against a held-out one of the same ensemble; null when out of bag gives no
 * estimate (no row is out of bag for two members).
 * @throws ERR_SHAPE when the reports are of other kinds or of different numbers of members.
 */
export function honestTest(outOfBag: ErrorCorrelation, test: ErrorCorrelation): HonestTest | null {
  if (outOfBag.outOfBag === null || test.rowsFrom !== 'heldOut' || outOfBag.members !== test.members) {
    throw new TuttiError(
      'ERR_SHAPE',
      `Expected an out-of-bag and a held-out report of the same members, got ${outOfBag.rowsFrom} of ` +
        `${outOfBag.members} and ${test.rowsFrom} of ${test.members}`,
    );
  }
  const predicted = outOfBag.outOfBag.estimateForAllMembers;
  if (predicted === null) return null;
  const predictedInterval = outOfBag.intervals?.estimate ?? null;
  const measuredInterval = test.intervals?.measured ?? null;
  return {
    members: test.members,
    predicted,
    predictedInterval,
    outOfBagRows: outOfBag.rows,
    measured: test.measured,
    measuredInterval,
    testRows: test.rows,
    relativeDifference: test.measured === 0 ? null : predicted / test.measured - 1,
    overlap:
      predictedInterval === null || measuredInterval === null
        ? null
        : predictedInterval.low <= measuredInterval.high && measuredInterval.low <= predictedInterval.high,
  };
}

// The honest test of error correlation: v and c from out-of-bag rows, which cost no data, predict the
// ensemble's squared error on rows nobody trained on; a z-test says whether the test rows agree.

import { TuttiError } from '../errors.js';
import { twoSidedNormal } from '../math/normal.js';
import { checkOptions, type OptionTable } from '../option-names.js';
import type { ErrorCorrelation } from './correlation/error-report.js';
import { INTERVAL_OPTIONS, type Interval } from './correlation/intervals.js';

export interface HonestTest {
  readonly memberCount: number;
  /** v/k + (k − 1) c/k with v and c out of bag: an estimate for all k members. */
  readonly predicted: number;
  readonly predictedStandardError: number | null;
  readonly predictedInterval: Interval | null;
  readonly outOfBagRows: number;
  /** Squared error of the unweighted arithmetic mean on the test rows. */
  readonly measured: number;
  readonly measuredStandardError: number | null;
  readonly measuredInterval: Interval | null;
  readonly testRows: number;
  /** predicted − measured. */
  readonly difference: number;
  /** predicted / measured − 1; null when the measured error is 0. */
  readonly relativeDifference: number | null;
  /** Of the difference: the rows of both are other rows, so their variances add. Null for a single row of either. */
  readonly standardError: number | null;
  /** difference / standardError; null where that is null or 0. */
  readonly z: number | null;
  /** How often chance in the rows alone makes a difference of this size or more, in either direction. */
  readonly pValue: number | null;
  readonly level: number;
  /** Whether pValue > 1 − level: false means they differ by more than chance in the rows explains. */
  readonly consistent: boolean | null;
}

export interface HonestTestOptions {
  /** How often predictions that are right are called consistent, in (0, 1). @default 0.95 */
  readonly level?: number;
}

const HONEST_OPTIONS = { level: INTERVAL_OPTIONS.level } satisfies OptionTable<HonestTestOptions>;

/**
 * Sets an out-of-bag report against a held-out one of the same ensemble; null when out of bag gives no
 * estimate (no row is out of bag for two members).
 * @throws ERR_SHAPE when the reports are of other kinds or of different numbers of members; ERR_OPTION for a level
 * out of range.
 */
export function honestTest(
  outOfBag: ErrorCorrelation,
  test: ErrorCorrelation,
  options: HonestTestOptions = {},
): HonestTest | null {
  checkOptions('honestTest', options, HONEST_OPTIONS);
  const { level = INTERVAL_OPTIONS.level.default } = options;
  if (
    outOfBag.outOfBag === null ||
    test.rowsFrom !== 'heldOut' ||
    outOfBag.memberCount !== test.memberCount
  ) {
    throw new TuttiError(
      'ERR_SHAPE',
      `Expected an out-of-bag and a held-out report of the same members, got ${outOfBag.rowsFrom} of ` +
        `${outOfBag.memberCount} and ${test.rowsFrom} of ${test.memberCount}`,
    );
  }
  const predicted = outOfBag.outOfBag.estimateForAllMembers;
  if (predicted === null) return null;
  const { measured } = test;
  const predictedStandardError = outOfBag.standardErrors.estimate;
  const measuredStandardError = test.standardErrors.measured;
  return {
    memberCount: test.memberCount,
    ...{ predicted, predictedStandardError, predictedInterval: outOfBag.intervals?.estimate ?? null },
    outOfBagRows: outOfBag.rows,
    ...{ measured, measuredStandardError, measuredInterval: test.intervals?.measured ?? null },
    testRows: test.rows,
    relativeDifference: measured === 0 ? null : predicted / measured - 1,
    ...zTest(predicted - measured, predictedStandardError, measuredStandardError, level),
  };
}

function zTest(difference: number, first: number | null, second: number | null, level: number) {
  const standardError = first === null || second === null ? null : Math.sqrt(first * first + second * second);
  const z = standardError === null || standardError === 0 ? null : difference / standardError;
  const pValue = z === null ? null : twoSidedNormal(z);
  return {
    ...{ difference, standardError, z, pValue, level },
    consistent: pValue === null ? null : pValue > 1 - level,
  };
}

// The error correlation report: its shape, plain and JSON-able, and how totals become it.

import { type Forecast, forecastsOf } from './forecasts.js';
import { averagedError, curveSizes, effectiveMembers, nextMemberGain, ofTotals } from './formulas.js';
import type { Intervals } from './intervals.js';
import type { RowTotals } from './row-sums.js';
import type { Figures } from './standard-errors.js';

/** Figures are mean squared errors, summed over outputs; `null` where a figure does not exist. */
export interface ErrorCorrelation {
  /** `heldOut`: every member counts for every row. `outOfBag`: only members that did not train on it. */
  readonly rowsFrom: 'heldOut' | 'outOfBag';
  readonly task: 'classification' | 'regression';
  /** k: the members that really stood behind the figures. */
  readonly memberCount: number;
  /** Rows the figures are over; out of bag, those out of bag for at least one member. */
  readonly rows: number;
  /** v: mean of εᵢ² over (row, member). */
  readonly v: number;
  /** c: mean of εᵢ εⱼ over (row, pair); null for one member. */
  readonly c: number | null;
  /** ρ = c / v; null when v is 0. */
  readonly rho: number | null;
  /** v − c, in which label noise cancels. */
  readonly vMinusC: number | null;
  /** From v and c: v/k + (k − 1) c/k; out of bag the mean over rows of v_r/k_r + (k_r − 1) c_r/k_r. */
  readonly predicted: number;
  /** Squared error of the unweighted arithmetic mean on the same rows. Equals `predicted` to rounding. */
  readonly measured: number;
  /** Mean over rows of the mean member's squared error; minus `ambiguity` it is `measured`. */
  readonly meanMember: number;
  /** Mean squared deviation of the members from their mean: what averaging took off. */
  readonly ambiguity: number;
  /** Each member's squared error over the rows it counts for. */
  readonly memberErrors: readonly (number | null)[];
  /** k / (1 + (k − 1) ρ). */
  readonly effectiveMembers: number | null;
  /** (v − c) / (k (k + 1)). */
  readonly nextMemberGain: number | null;
  /** v/j + (j − 1) c/j for ensembles of j such members; the last point, of 2k, is an extrapolation. */
  readonly curve: readonly { readonly memberCount: number; readonly squaredError: number }[];
  /**
   * Held out: what v and c of the first 2, 4, 8, … members foretell for all k, to be set beside `measured`. None out of bag,
   * where each row has its own members, and without `covariance`.
   */
  readonly forecasts: readonly Forecast[];
  /** Of the figures over the choice of rows, by the delta method; null for one row. */
  readonly standardErrors: Figures;
  readonly intervals: Intervals | null;
  /** k × k mean of εᵢ εⱼ, uncentred, over the rows both count for; null when not asked for. */
  readonly covariance: readonly (readonly (number | null)[])[] | null;
  readonly outOfBag: OutOfBagFigures | null;
}

export interface OutOfBagFigures {
  /** Rows offered, with those that were never out of bag. */
  readonly totalRows: number;
  /** Rows left out because no member had them out of bag; they are scored nowhere. */
  readonly neverOutOfBag: number;
  /** Share of rows out of bag for at least one member. */
  readonly coverage: number;
  /** Rows out of bag for exactly one member: they count for v and make no pair. */
  readonly singleMemberRows: number;
  /** Mean of k_r over covered rows: how many members really stood behind `measured`. */
  readonly meanMembersPerRow: number;
  /** An estimate, not a measurement: v/k + (k − 1) c/k, what all k members would do on new rows. */
  readonly estimateForAllMembers: number | null;
}

/** What the accumulator has summed. */
export interface ErrorSums {
  readonly rowsFrom: ErrorCorrelation['rowsFrom'];
  readonly task: ErrorCorrelation['task'];
  readonly memberCount: number;
  readonly totals: RowTotals;
  /** Σ_r of the mean's squared error, taken from the averaged predictions. */
  readonly measured: number;
  readonly ambiguity: number;
  /** Σ_r S_r / k_r. */
  readonly meanMember: number;
  readonly memberSquares: Float64Array;
  readonly memberRows: Float64Array;
  readonly totalRows: number;
  readonly singleMemberRows: number;
}

/** Turns sums over at least one row into the report. */
export function toReport(
  sums: ErrorSums,
  rest: Pick<ErrorCorrelation, 'standardErrors' | 'intervals' | 'covariance'>,
): ErrorCorrelation {
  const { rowsFrom, task, memberCount, totals } = sums;
  const { v, c, rho } = ofTotals(totals);
  const outOfBag = rowsFrom === 'outOfBag';
  return {
    ...{ rowsFrom, task, memberCount, rows: totals.rows, v, c, rho },
    vMinusC: c === null ? null : v - c,
    predicted: outOfBag ? totals.ensemble / totals.rows : averagedError(v, c, memberCount)!,
    measured: sums.measured / totals.rows,
    meanMember: sums.meanMember / totals.rows,
    ambiguity: sums.ambiguity / totals.rows,
    memberErrors: Array.from(sums.memberSquares, (squares, member) => {
      const rows = sums.memberRows[member]!;
      return rows === 0 ? null : squares / rows;
    }),
    effectiveMembers: effectiveMembers(rho, memberCount),
    nextMemberGain: nextMemberGain(v, c, memberCount),
    curve: formulaCurve(v, c, memberCount),
    forecasts: outOfBag ? [] : forecastsOf(rest.covariance, sums.measured / totals.rows),
    ...rest,
    outOfBag: outOfBag ? outOfBagFigures(sums, averagedError(v, c, memberCount)) : null,
  };
}

function formulaCurve(v: number, c: number | null, members: number): ErrorCorrelation['curve'] {
  const sizes = c === null ? [1] : [...curveSizes(members), 2 * members];
  return sizes.map((size) => ({ memberCount: size, squaredError: averagedError(v, c, size)! }));
}

function outOfBagFigures(sums: ErrorSums, estimate: number | null): OutOfBagFigures {
  const { rows, memberCount } = sums.totals;
  return {
    totalRows: sums.totalRows,
    neverOutOfBag: sums.totalRows - rows,
    coverage: rows / sums.totalRows,
    singleMemberRows: sums.singleMemberRows,
    meanMembersPerRow: memberCount / rows,
    estimateForAllMembers: estimate,
  };
}

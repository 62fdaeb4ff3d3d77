// What predictions err when only the surest are given: risk against coverage.

import { log } from '../../math/functions.js';
import { descendingOrder } from '../../math/order.js';
import { confidencesOf } from './confidence-bins.js';
import { type Statistic, sumPicked, type WholeRows } from './statistic.js';

export interface RiskCoverage {
  /** The area under risk against coverage: the mean, over rows, of the risk of those at least as sure. */
  readonly area: number;
  /** The mean loss of all rows. */
  readonly risk: number;
}

/** Rows from the surest on, what each loses, and 1 where the next one is less sure. */
interface Ranked {
  readonly order: Uint32Array;
  readonly losses: Float64Array;
  readonly last: Uint8Array;
  readonly sureness: Float32Array | Float64Array;
}

/**
 * Classification: the loss is 1 for a wrong class, sureness the probability of the predicted class. Regression: the
 * squared error, summed over targets, and minus the predicted variance, which must be there.
 *
 * **Source:** Geifman and El-Yaniv 2017, Selective classification for deep neural networks; Geifman, Uziel and El-Yaniv
 * 2019, Bias-reduced uncertainty estimation for deep neural classifiers.
 */
export const riskCoverage: Statistic<RiskCoverage> = {
  prepare(rows) {
    const { order, losses, last } = rankedRows(rows);
    const first = beforeLosses(losses, last);
    return (weights) => {
      // Rows surer than all that lose anything lose nothing together.
      let covered = sumPicked(weights, order, 0, first);
      let lost = 0;
      let tie = 0;
      let area = 0;
      for (let rank = first; rank < order.length; rank++) {
        const weight = weights[order[rank]!]!;
        tie += weight;
        lost += weight * losses[rank]!;
        if (last[rank] === 0 || tie === 0) continue;
        covered += tie;
        area += (tie * lost) / covered;
        tie = 0;
      }
      return { area: area / covered, risk: lost / covered };
    };
  },
};

/** The rank up to which no row loses anything, at the end of a tie. */
function beforeLosses(losses: Float64Array, last: Uint8Array): number {
  let before = 0;
  for (let rank = 0; rank < losses.length && losses[rank] === 0; rank++)
    if (last[rank] === 1) before = rank + 1;
  return before;
}

/** The area of wrong classes that are as many and ranked last, r + (1 − r) ln (1 − r): none can be below. */
export function leastArea(risk: number): number {
  return risk >= 1 ? 1 : risk + (1 - risk) * log(1 - risk);
}

function rankedRows(rows: WholeRows): Ranked {
  const sureness = rows.task.kind === 'classification' ? confidencesOf(rows) : minusVariance(rows);
  const order = descendingOrder(sureness, rows.rows);
  const losses = Float64Array.from(order, (row) => lossOf(rows, row));
  const last = Uint8Array.from(order, (row, rank) => (sureness[order[rank + 1]!] === sureness[row] ? 0 : 1));
  return { order, losses, last, sureness };
}

function minusVariance({ rows, outputs, variance }: WholeRows): Float64Array {
  const own = new Float64Array(rows);
  for (let at = 0; at < rows * outputs; at++) own[Math.floor(at / outputs)]! -= variance![at]!;
  return own;
}

function lossOf({ task, outputs, mean, chosen, truth }: WholeRows, row: number): number {
  if (task.kind === 'classification') return chosen[row] === truth.labels[row] ? 0 : 1;
  let squares = 0;
  for (let at = row * outputs; at < (row + 1) * outputs; at++)
    squares += (mean[at]! - truth.targets[at]!) ** 2;
  return squares;
}

/** Points of risk against coverage, one for each sureness that there is, from the surest on: f64[points]. */
export interface RiskCoverageCurve {
  /** Share of the rows that are at least as sure, in (0, 1]. */
  readonly coverage: Float64Array;
  /** Their mean loss: the share of wrong classes, or the mean squared error. */
  readonly risk: Float64Array;
  /** The probability of the predicted class, or the variance, of the least sure of them. */
  readonly threshold: Float64Array;
}

/** @throws nothing: a regression without variances has no points. */
export function riskCoverageCurve(rows: WholeRows): RiskCoverageCurve {
  const classes = rows.task.kind === 'classification';
  if (!classes && rows.variance === null) {
    const none = new Float64Array(0);
    return { coverage: none, risk: none, threshold: none };
  }
  const { order, losses, last, sureness } = rankedRows(rows);
  const points: [number, number, number][] = [];
  let covered = 0;
  let lost = 0;
  for (const [rank, row] of order.entries()) {
    covered += rows.weights[row]!;
    lost += rows.weights[row]! * losses[rank]!;
    if (last[rank] === 1) points.push([covered, lost / covered, Math.abs(sureness[row]!)]);
  }
  return {
    coverage: Float64Array.from(points, ([own]) => own / covered),
    risk: Float64Array.from(points, ([, own]) => own),
    threshold: Float64Array.from(points, ([, , own]) => own),
  };
}

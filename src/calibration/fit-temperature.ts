// The temperature that suits rows best.

import { exp } from '../math/functions.js';
import { largestAt } from '../predictions/labels.js';
import type { CalibrationRows } from './rows.js';
import { LOWEST_TEMPERATURE } from './temperature.js';

/** Predictions that say nothing, or the reverse of the truth, would have a temperature without end: it is held to this. */
export const HIGHEST_TEMPERATURE = 100;

/**
 * [T] of the least log-loss, exactly: the log-loss is convex in β = 1/T, and the root of its derivative is found by Newton's
 * method within a bracket.
 * @returns null where no temperature is best, as no row has a class more probable than the true one: the log-loss falls for ever
 * towards T = 0.
 *
 * **Source:** Guo, Pleiss, Sun and Weinberger 2017, On calibration of modern neural networks, section 4.2.
 */
export function fitTemperature(rows: CalibrationRows): number[] | null {
  if (isSeparated(rows)) return null;
  const least = 1 / HIGHEST_TEMPERATURE;
  let low = least;
  let high = Number.POSITIVE_INFINITY;
  let beta = 1;
  for (let round = 0; round < 200; round++) {
    const { first, second } = slopeAt(rows, beta);
    if (beta === least && first >= 0) return [HIGHEST_TEMPERATURE];
    if (first < 0) low = beta;
    else high = beta;
    const next = within(beta - first / second, low, high, least);
    if (Math.abs(next - beta) <= 1e-13 * beta) break;
    beta = next;
  }
  return [Math.max(LOWEST_TEMPERATURE, 1 / beta)];
}

/** A step of Newton's, or, where that leaves the bracket, one that halves it, doubles its lower end, or tries the least of all. */
function within(newton: number, low: number, high: number, least: number): number {
  if (newton > low && newton < high) return newton;
  if (high === Number.POSITIVE_INFINITY) return 2 * low;
  return low === least && newton <= least ? least : (low + high) / 2;
}

/** Whether the true class is as probable as any other in every row. */
function isSeparated({ rows, classes, logits, labels }: CalibrationRows): boolean {
  for (let row = 0; row < rows; row++) {
    const from = row * classes;
    if (logits[from + labels[row]!]! < logits[from + largestAt(logits, from, classes)]!) return false;
  }
  return true;
}

/** The derivatives of Σ w (ln Σ exp βz − βz_y) by β. */
function slopeAt(rows: CalibrationRows, beta: number) {
  let first = 0;
  let second = 0;
  const scaled = (z: number) => beta * z;
  eachSlope(rows, scaled, (_, slope, curvature) => {
    first += slope;
    second += curvature;
  });
  return { first, second };
}

/** Visits the two derivatives by β of each row's w (ln Σ exp βz − βz_y). @param scaled βz */
export function eachSlope(
  { rows, classes, logits, labels, weights }: CalibrationRows,
  scaled: (z: number) => number,
  visit: (row: number, slope: number, curvature: number) => void,
): void {
  for (let row = 0; row < rows; row++) {
    const from = row * classes;
    const most = logits[from + largestAt(logits, from, classes)]!;
    let sum = 0;
    let sumOfZ = 0;
    let sumOfSquares = 0;
    for (let at = from; at < from + classes; at++) {
      const z = logits[at]! - most;
      const share = exp(scaled(z));
      sum += share;
      sumOfZ += share * z;
      sumOfSquares += share * z * z;
    }
    const mean = sumOfZ / sum;
    const slope = weights[row]! * (mean - (logits[from + labels[row]!]! - most));
    visit(row, slope, weights[row]! * (sumOfSquares / sum - mean * mean));
  }
}

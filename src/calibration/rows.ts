// The rows that calibration is fitted on: logarithms of what was predicted, and the truth.

import { log } from '../math/functions.js';
import { LOG_LOSS_FLOOR } from '../measure/metrics/log-loss.js';
import type { KnownRows } from '../predictions/known-rows.js';
import type { Predictions } from '../predictions/predictions.js';

export interface CalibrationRows {
  readonly rows: number;
  readonly classes: number;
  /** Logarithms of the probabilities, finite, f64[rows, classes]. */
  readonly logits: Float64Array;
  /** Classes, i32[rows]. */
  readonly labels: Int32Array;
  /** > 0, of mean 1, f64[rows]. */
  readonly weights: Float64Array;
  /** The group of each row, i32[rows]. @default each stands for itself */
  readonly groups?: Int32Array | null;
  /** Of rows that fewer members count for than there are: see `KnownRows.fewer`; null where all count. */
  readonly fewer: FewerLogits | null;
}

export interface FewerLogits {
  /** Of one of the members, f64[rows, classes]. */
  readonly logits: Float64Array;
  readonly squaredShares: Float64Array;
  readonly ofAll: number;
}

/** Known logarithms below this count as this: those of the smallest doubles. */
const LEAST_LOG = -745;

/**
 * The logarithms of combined probabilities, f64[rows, classes]: the known ones, which no rounding made minus infinity, else
 * those of the probabilities, of which none counts as smaller than the floor of the log-loss.
 */
export function logitsOf({
  mean,
  logProbabilities,
}: Pick<Predictions, 'mean' | 'logProbabilities'>): Float64Array {
  const logits = new Float64Array(mean.length);
  if (logProbabilities !== null) {
    for (let at = 0; at < logits.length; at++) logits[at] = Math.max(logProbabilities[at]!, LEAST_LOG);
  } else {
    for (let at = 0; at < logits.length; at++) logits[at] = log(Math.max(mean[at]!, LOG_LOSS_FLOOR));
  }
  return logits;
}

/** Known rows as calibration takes them; those of weight 0 are left out. */
export function calibrationRows(known: KnownRows): CalibrationRows {
  const { combined, truth, weights, outputs, rows, groups = null, fewer = null } = known;
  const all = logitsOf(combined);
  const few = fewer && { ...fewer, logits: logitsOf(fewer.alone) };
  const kept = weights === null ? null : indicesOf(weights);
  const stated = weights ?? new Float64Array(rows).fill(1);
  return pick(
    {
      rows,
      classes: outputs,
      logits: all,
      labels: truth.labels,
      weights: Float64Array.from(stated),
      groups,
      fewer: few,
    },
    kept ?? Uint32Array.from({ length: rows }, (_, row) => row),
  );
}

function indicesOf(weights: Float32Array): Uint32Array {
  const indices = Uint32Array.from(weights, (_, row) => row);
  return indices.filter((row) => weights[row]! > 0);
}

/** Some of the rows, their weights of mean 1 again. */
export function pick(from: CalibrationRows, indices: Uint32Array): CalibrationRows {
  const { classes, groups = null } = from;
  const rows = indices.length;
  const logits = new Float64Array(rows * classes);
  const labels = new Int32Array(rows);
  const weights = new Float64Array(rows);
  let total = 0;
  for (let at = 0; at < rows; at++) {
    const row = indices[at]!;
    logits.set(from.logits.subarray(row * classes, (row + 1) * classes), at * classes);
    labels[at] = from.labels[row]!;
    weights[at] = from.weights[row]!;
    total += weights[at]!;
  }
  for (let at = 0; at < rows; at++) weights[at]! *= rows / total;
  return {
    rows,
    classes,
    logits,
    labels,
    weights,
    groups: groups && Int32Array.from(indices, (row) => groups[row]!),
    fewer: from.fewer && pickFewer(from.fewer, indices, classes),
  };
}

function pickFewer(
  { logits, squaredShares, ofAll }: FewerLogits,
  indices: Uint32Array,
  classes: number,
): FewerLogits {
  const own = new Float64Array(indices.length * classes);
  indices.forEach((row, at) => {
    own.set(logits.subarray(row * classes, (row + 1) * classes), at * classes);
  });
  return { logits: own, squaredShares: Float64Array.from(indices, (row) => squaredShares[row]!), ofAll };
}

/** Σ of the squares of numbers of rows, f64[rows], those of a group added up before: of a sum over them, about 0. */
export function squaresByGroup(values: Float64Array, groups: Int32Array | null = null): number {
  if (groups === null) return values.reduce((sum, value) => sum + value * value, 0);
  const sums = new Map<number, number>();
  for (let row = 0; row < values.length; row++) {
    sums.set(groups[row]!, (sums.get(groups[row]!) ?? 0) + values[row]!);
  }
  let squares = 0;
  for (const sum of sums.values()) squares += sum * sum;
  return squares;
}

// What each row adds to the sums that a metric is made of, and what the difference of two predictions of the same rows is
// worth: with the standard error of the jackknife, which takes metrics that are no means as well.

import type { Task, Values } from '../../data/dataset/dataset.js';
import type { TargetBlock } from '../../predictions/blocks.js';
import { labelsOf } from '../../predictions/labels.js';
import type { MetricValue, ScoredRows, SummedMetric } from '../metrics/metric.js';

/** Predictions as a metric of sums reads them. */
export interface RowPredictions {
  readonly rows: number;
  readonly outputs: number;
  readonly mean: Values;
  readonly logProbabilities?: Float32Array | null;
  readonly variance?: Values | null;
  readonly labels?: Int32Array | null;
}

/** f64[rows, sums of the metric]: each row's part, with a weight of 1. Rows of NaN predictions are NaN or wrong. */
export function sumsByRow(
  metric: SummedMetric,
  predictions: RowPredictions,
  { labels, targets }: TargetBlock,
  task: Task,
): Float64Array {
  const { rows, outputs, mean, logProbabilities = null, variance = null } = predictions;
  const classes = task.kind === 'classification';
  const chosen = classes ? (predictions.labels ?? labelsOf(mean, rows, outputs)) : labels;
  const fields = metric.sums(outputs);
  const all = new Float64Array(rows * fields);
  // One row that every row is copied into: views of each would take longer than the metric.
  const own = new Float64Array(fields);
  const row = {
    ...{ rows: 1, outputs, mean: new Float64Array(outputs), weights: null },
    logProbabilities: logProbabilities && new Float32Array(outputs),
    variance: variance && new Float64Array(outputs),
    chosen: new Int32Array(classes ? 1 : 0),
    truth: {
      ...{ rows: 1, labels: new Int32Array(classes ? 1 : 0) },
      targets: new Float64Array(classes ? 0 : outputs),
    },
  } satisfies ScoredRows;
  for (let at = 0; at < rows; at++) {
    // A metric of choices reads nothing else.
    for (let output = 0; output < (metric.reads === 'choices' ? 0 : outputs); output++) {
      const from = at * outputs + output;
      row.mean[output] = mean[from]!;
      if (row.logProbabilities !== null) row.logProbabilities[output] = logProbabilities![from]!;
      if (row.variance !== null) row.variance[output] = variance![from]!;
      if (!classes) row.truth.targets[output] = targets[from]!;
    }
    if (classes) {
      row.chosen[0] = chosen[at]!;
      row.truth.labels[0] = labels[at]!;
    }
    own.fill(0);
    metric.addRows(own, row);
    all.set(own, at * fields);
  }
  return all;
}

/** A metric's value by its rows' parts, over rows of these weights; null when none has one. */
export function valueByRow(metric: SummedMetric, parts: Float64Array, weights: Float64Array): number | null {
  const weight = weights.reduce((total, own) => total + own, 0);
  if (weight === 0) return null;
  return overall(metric, metric.value(summed(parts, parts.length / weights.length, weights), weight));
}

/** A metric's value for two predictions of the same rows. */
export interface PairedValues {
  readonly first: number;
  readonly second: number;
  /** Of first − second over the choice of rows, by the jackknife; null for fewer than two rows. */
  readonly standardError: number | null;
}

/**
 * Values of two predictions by their rows' parts.
 * @param weights f64[rows], ≥ 0: rows of weight 0 are not read. Null when no row has a weight.
 *
 * **Source:** Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapter 11.
 */
export function pairedValues(
  metric: SummedMetric,
  first: Float64Array,
  second: Float64Array,
  weights: Float64Array,
): PairedValues | null {
  const fields = weights.length === 0 ? 0 : first.length / weights.length;
  const sums = [first, second].map((parts) => summed(parts, fields, weights));
  const weight = weights.reduce((total, own) => total + own, 0);
  if (weight === 0) return null;
  const [ofFirst, ofSecond] = sums.map((own) => overall(metric, metric.value(own, weight)));
  const without = new Float64Array(fields);
  const valueWithout = (own: Float64Array, parts: Float64Array, row: number): number => {
    for (let at = 0; at < fields; at++) without[at] = own[at]! - weights[row]! * parts[row * fields + at]!;
    return overall(metric, metric.value(without, weight - weights[row]!));
  };
  const left: number[] = [];
  for (let row = 0; row < weights.length; row++) {
    if (weights[row] === 0) continue;
    left.push(valueWithout(sums[0]!, first, row) - valueWithout(sums[1]!, second, row));
  }
  return { first: ofFirst!, second: ofSecond!, standardError: jackknife(left) };
}

/** Of a figure from its values without each row. */
function jackknife(values: readonly number[]): number | null {
  const count = values.length;
  if (count < 2) return null;
  const centre = values.reduce((sum, value) => sum + value, 0) / count;
  const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return Math.sqrt(((count - 1) / count) * squares);
}

function summed(parts: Float64Array, fields: number, weights: Float64Array): Float64Array {
  const sums = new Float64Array(fields);
  for (let row = 0; row < weights.length; row++) {
    if (weights[row] === 0) continue;
    for (let at = 0; at < fields; at++) sums[at]! += weights[row]! * parts[row * fields + at]!;
  }
  return sums;
}

/** One number for all targets. */
export function overall({ average = plainMean }: SummedMetric, value: MetricValue): number {
  if (typeof value === 'number') return value;
  return value.length === 1 ? value[0]! : average(value);
}

function plainMean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

// What a metric is: one record in a file of its own, listed in metrics.ts. It is a function of sums over rows, so that
// rows can come in blocks, with weights, of one member or of several together.

import type { Task, Values } from '../../data/dataset/dataset.js';
import type { TargetBlock } from '../../predictions/blocks.js';

export type MetricValue = number | readonly number[];

/** Predictions of some rows beside the truth. Arrays may be longer than the rows need. */
export interface ScoredRows {
  readonly rows: number;
  readonly outputs: number;
  /** Probabilities, or values in the user's units: [rows, outputs]. */
  readonly mean: Values;
  readonly logProbabilities: Float32Array | null;
  /** Classification: the predicted class of each row, ties already broken. */
  readonly chosen: Int32Array;
  readonly truth: TargetBlock;
  /** One per row, ≥ 0; rows of weight 0 must not be read. Null: all 1. */
  readonly weights: ArrayLike<number> | null;
}

interface MetricRecord {
  readonly name: string;
  /** What texts call it. */
  readonly title: string;
  /** What it is, as a clause. */
  readonly says: string;
  /** Tasks it applies to. */
  readonly tasks: readonly Task['kind'][];
  readonly better: 'less' | 'more';
  /** What it reads of classifications: `probabilities` have none where an aggregator gives none. */
  readonly reads: 'choices' | 'values' | 'probabilities';
  /** How texts write it: 0.25 as 25 %, or as it is. */
  readonly written: 'share' | 'figure';
  /** Tasks in whose tables it has a column. */
  readonly columns: { readonly scores: readonly Task['kind'][]; readonly curves: readonly Task['kind'][] };
  /** How many numbers it sums. */
  sums(outputs: number): number;
  /** Adds rows, each times its weight. */
  addRows(sums: Float64Array, rows: ScoredRows): void;
  /** Its value for several ensembles together. @default their mean */
  readonly average?: (values: readonly number[]) => number;
}

/** A metric that is one number. */
export interface ScalarMetric extends MetricRecord {
  readonly values: 'one';
  /** @param weight of all rows together. */
  value(sums: Float64Array, weight: number): number;
}

/** A metric with a number for each target. */
export interface TargetMetric extends MetricRecord {
  readonly values: 'perTarget';
  value(sums: Float64Array, weight: number): readonly number[];
}

export type Metric = ScalarMetric | TargetMetric;

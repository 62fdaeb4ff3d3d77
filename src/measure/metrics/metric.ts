// What a metric is: one record in a file of its own, listed in metrics.ts. Most are functions of sums over rows, so that
// rows can come in blocks, with weights, of one member or of several together; those that need all rows at once, as
// ranks do, are functions of a statistic of them.

import type { Task, Values } from '../../data/dataset/dataset.js';
import type { TargetBlock } from '../../predictions/blocks.js';
import type { Quantiles } from '../../predictions/quantiles.js';
import type { Statistic, WholeRows } from '../statistics/statistic.js';

export type MetricValue = number | readonly number[];

/** Predictions of some rows beside the truth. Arrays may be longer than the rows need. */
export interface ScoredRows {
  readonly rows: number;
  readonly outputs: number;
  /** Probabilities, or values in the user's units: [rows, outputs]. */
  readonly mean: Values;
  readonly logProbabilities: Float32Array | null;
  /** Regression: [rows, outputs], in the square of the user's units; null where there are none. */
  readonly variance: Values | null;
  /** Regression: what heads predict of them; absent where there are none. */
  readonly quantiles?: Quantiles | undefined;
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
  /** What the list of an ensemble's scores calls it. @default `title` */
  readonly listedAs?: string;
  /** What it is, as a clause. */
  readonly says: string;
  /** Tasks it applies to. */
  readonly tasks: readonly Task['kind'][];
  readonly better: 'less' | 'more';
  /**
   * What it reads: of classifications `probabilities` have none where an aggregator gives none, of regressions
   * `variances` of the truth are those of Gaussian heads, `quantiles` those of quantile heads; `labels` are targets that are all 0
   * or 1, with predictions within [0, 1].
   */
  readonly reads: 'choices' | 'values' | 'probabilities' | 'variances' | 'quantiles' | 'labels';
  /** How texts write it: 0.25 as 25 %, or as it is. */
  readonly written: 'share' | 'figure';
  /** Tasks in whose list of an ensemble's scores it has a line. */
  readonly listed: readonly Task['kind'][];
  /** How many classes there must be. @default any number */
  readonly classes?: number;
  /**
   * Whether resampled rows make it larger than it is, as they do what sums sizes of noise: intervals are then mirrored.
   * @default false
   */
  readonly grows?: boolean;
  /**
   * Whether resampled rows make it smaller than it is, as they are never more even: then how large it can be, of so many
   * classes. @default they do not
   */
  readonly shrinks?: (outputs: number) => number;
}

/** A function of sums over rows. */
interface SummedRecord extends MetricRecord {
  readonly from: 'sums';
  /** Whether members have it too, with curves over them and selection by it, or the ensemble alone. */
  readonly of: 'everyone' | 'ensemble';
  /** Tasks in whose tables it has a column; none of one that only the ensemble has. */
  readonly columns: { readonly scores: readonly Task['kind'][]; readonly curves: readonly Task['kind'][] };
  /** How many numbers it sums. */
  sums(outputs: number): number;
  /** Adds rows, each times its weight. */
  addRows(sums: Float64Array, rows: ScoredRows): void;
  /** Its value for several ensembles, or several targets, together. @default their mean */
  readonly average?: (values: readonly number[]) => number;
}

/** A metric that is one number. */
export interface ScalarMetric extends SummedRecord {
  readonly values: 'one';
  /** @param weight of all rows together. */
  value(sums: Float64Array, weight: number): number;
}

/** A metric with a number for each target. */
export interface TargetMetric extends SummedRecord {
  readonly values: 'perTarget';
  value(sums: Float64Array, weight: number): readonly number[];
}

/** A metric of rows that come in blocks. */
export type SummedMetric = ScalarMetric | TargetMetric;

/** A metric of all rows at once, of the ensemble alone. */
export interface WholeMetric extends MetricRecord {
  readonly from: 'allRows';
  /** What it is a function of; what it and others are functions of is computed once. */
  readonly statistic: Statistic<unknown>;
  /** Null, or NaN, where it is not defined. */
  value(figures: unknown): number | null;
  /** Its values for each class or target; null, or NaN, where there is none. */
  each?(figures: unknown): ArrayLike<number | null>;
  /** Why these rows have no such value; null where they have one. */
  lacks?(rows: WholeRows): string | null;
}

export type Metric = SummedMetric | WholeMetric;

// The shape of a dataset: numbers in the user's units and how they are encoded. Types alone; dataset.ts makes them.

import type { Encoding, Values } from './encoding.js';
import type { Preprocessing } from './preprocessing-types.js';

export type TaskKind = 'classification' | 'regression';

/** What is predicted. Order of `classes` is the order of probability columns everywhere. */
export type Task<Kind extends TaskKind = TaskKind> = {
  readonly classification: { readonly kind: 'classification'; readonly classes: readonly string[] };
  readonly regression: { readonly kind: 'regression'; readonly targets: readonly string[] };
}[Kind];

/** The split of a table that a dataset is the training part of. */
export interface TableSplit {
  readonly testShare: number;
  readonly seed: number;
  /** Rows of the table that were split. */
  readonly rows: number;
  /** The latest rows were held out, with so many before them for nothing; absent: rows were held out at random. */
  readonly timeGap?: number | undefined;
}

export interface DatasetNumbers<Kind extends TaskKind = TaskKind> {
  readonly task: Task<Kind>;
  readonly rows: number;
  /** Columns of `x`, after one-hot encoding. */
  readonly features: number;
  /** [rows, features], row-major, in the user's units; what members see of it is its `encoding`'s affair. */
  readonly x: Values;
  /** Classification: class index of each row, i32[rows]. Empty for regression. */
  readonly labels: Int32Array;
  /** Regression: f64[rows, targets], row-major, in the user's units. Empty for classification. */
  readonly targets: Float64Array;
  /** How values become what members see. */
  readonly encoding: Encoding;
  /** How the columns of a table became features and targets; null for a dataset of arrays. */
  readonly preprocessing: Preprocessing | null;
  /** Weights of the loss, f32[rows], mean 1; null when all are 1. */
  readonly rowWeights: Float32Array | null;
  /** Group index of each row for grouped resampling and splitting, or null. */
  readonly groups: Int32Array | null;
  /** Rank of each row's time, from 0, i32[rows], for resampling and splitting in its order; absent: rows have no order. */
  readonly times?: Int32Array | undefined;
  /** With `times`: rows in that order beside those drawn, or before those held out, that are used for nothing; absent: 0. */
  readonly timeGap?: number | undefined;
  /** Tangent vectors of each row for tangent propagation, [rows, vectors, features], in the units of `x`; or null. */
  readonly tangents: Values | null;
  /** Of what split of a table these are the training rows; null where none is known. */
  readonly split: TableSplit | null;
  /** SHA-256 of the task, shape, scales and numbers as members see them, hexadecimal. */
  readonly hash: string;
  /** The same without weights, groups and tangents: which rows these are. */
  readonly rowsHash: string;
  /** SHA-256 of the groups, or of the times and their gap; null without. */
  readonly groupsHash: string | null;
}

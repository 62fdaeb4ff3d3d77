// What is asked of a cross-validation, and what it gives.

import type { Task } from '../../data/dataset/dataset.js';
import { FOLD_OPTIONS, type FoldKind, type FoldOptions } from '../../data/folds.js';
import type { FailedMember } from '../../ensemble/ensemble.js';
import { ANSWER_OPTIONS, type AnswerOptions } from '../../ensemble/predict/answer-rules.js';
import {
  INTERVAL_OPTIONS,
  INTERVAL_USES,
  type Interval,
  type IntervalOptions,
} from '../../measure/correlation/intervals.js';
import type { Measurement } from '../../measure/measurement.js';
import type { RowScores } from '../../measure/scores/row-scores.js';
import { type OptionTable, type OptionUses, option } from '../../option-names.js';
import { COMBINE_OPTIONS } from '../../predictions/aggregate/aggregate.js';
import type { Aggregator } from '../../predictions/aggregate/aggregators.js';
import type { KnownRows } from '../../predictions/known-rows.js';
import { TRAINING_SETTINGS, type TrainingSettings } from '../../training/session/training-settings.js';
import type { FoldsProgress } from './fold-progress.js';
import type { FoldLoadOptions } from './fold-source.js';

export interface CrossValidationOptions
  extends Pick<FoldOptions, 'folds' | 'repeats' | 'gap'>,
    Pick<TrainingSettings, 'runner' | 'signal' | 'onInterrupt' | 'retries' | 'onFailure'>,
    Pick<AnswerOptions, 'clip'>,
    Pick<IntervalOptions, 'level' | 'replicates'> {
  /** Of a table: its target, and what its columns are. */
  readonly load?: FoldLoadOptions;
  /**
   * When each row happened: the column of a table, which is then no feature, or of a dataset a number for each row. Every
   * fold is trained on what happened before it alone.
   */
  readonly time?: string | ArrayLike<number>;
  /** @default 'arithmeticMean' */
  readonly aggregator?: Aggregator;
  /** Observer of all folds together, as of one training. */
  readonly onProgress?: (progress: FoldsProgress) => void;
  /** Observer of folds as they are measured. */
  readonly onFold?: (result: FoldResult) => void;
}

export const CROSS_VALIDATION_OPTIONS = {
  ...FOLD_OPTIONS,
  runner: TRAINING_SETTINGS.runner,
  signal: TRAINING_SETTINGS.signal,
  onInterrupt: TRAINING_SETTINGS.onInterrupt,
  retries: TRAINING_SETTINGS.retries,
  onFailure: TRAINING_SETTINGS.onFailure,
  clip: ANSWER_OPTIONS.clip,
  level: INTERVAL_OPTIONS.level,
  replicates: INTERVAL_OPTIONS.replicates,
  load: option.object,
  time: option.either(option.text, option.numbers),
  aggregator: COMBINE_OPTIONS.aggregator,
  onProgress: option.function,
  onFold: option.function,
} satisfies OptionTable<CrossValidationOptions>;

export const CROSS_VALIDATION_USES = {
  gap: { says: '`time` is given', holds: ({ time, gap }) => time !== undefined || gap === 0 },
  repeats: {
    says: '`time` is not given: folds in the order of time leave nothing to chance',
    holds: ({ time, repeats }) => time === undefined || repeats === 1,
  },
  onInterrupt: { says: '`signal` is given', holds: ({ signal }) => signal !== undefined },
  level: INTERVAL_USES.level,
} satisfies OptionUses<CrossValidationOptions>;

/** One ensemble, trained without a fold and measured on it. */
export interface FoldResult {
  /** Both from 0. */
  readonly repeat: number;
  readonly fold: number;
  /** Of its training: `tutti train` with it on the same rows gives the same ensemble. */
  readonly seed: number;
  readonly trainRows: number;
  readonly testRows: number;
  /** Members trained, and those that failed. */
  readonly members: number;
  readonly failures: readonly FailedMember[];
  readonly scores: RowScores;
  readonly measurement: Measurement;
}

/** All rows that a repeat tested on, each predicted by the ensemble that was not trained on it. */
export interface OutOfFold {
  readonly repeat: number;
  /** `index`: places among the rows that were dealt; members by their places in the plan. */
  readonly known: KnownRows;
  /** The fold of each of these rows, i32[rows]. */
  readonly folds: Int32Array;
  readonly scores: RowScores;
  readonly measurement: Measurement;
}

/** A score over the folds, and out of fold. */
export interface FoldedScore {
  readonly name: string;
  readonly title: string;
  /** Over the folds of all repeats where it exists: their mean, and standard deviation (n − 1; null of fewer than two). */
  readonly mean: number | null;
  readonly std: number | null;
  readonly values: readonly (number | null)[];
  /** Over all rows: mean of the repeats, of the ends of their intervals too. */
  readonly outOfFold: number | null;
  readonly interval: Interval | null;
}

export interface CrossValidation {
  readonly task: Task;
  /** What decided the folds. */
  readonly kind: FoldKind;
  readonly folds: number;
  readonly repeats: number;
  readonly gap: number;
  /** Of the folds, and of the training of the first: that of each next one is one more. */
  readonly seed: number;
  /** Rows that were dealt, and members planned for each fold. */
  readonly rows: number;
  readonly planned: number;
  /** False where it was stopped: the figures are of the folds that were finished. */
  readonly complete: boolean;
  readonly results: readonly FoldResult[];
  /** One for each repeat of which a fold was finished. */
  readonly outOfFold: readonly OutOfFold[];
  readonly scores: readonly FoldedScore[];
  /** The table's row, from 0, of each row that was dealt; null for a dataset. */
  readonly tableRows: Uint32Array | null;
  /** What the user should know about how the columns were taken, one sentence each. */
  readonly notes: readonly string[];
}

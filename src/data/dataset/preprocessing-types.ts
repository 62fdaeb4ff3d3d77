// The fitted preprocessing as plain data: what a saved ensemble keeps so that prediction takes raw rows. Types alone,
// since the public declarations hold them; preprocessing-schema.ts checks what comes back from a file.

import type { DateFormat } from '../table/date-format.js';
import type { NumberFormat } from '../table/number-format.js';
import type { OwnScaling } from './encoding.js';
import type { TargetMap } from './target-map.js';

/** How the cells of a column of numbers are written. */
export type WrittenFormat = NumberFormat | DateFormat;

export interface NumericFeature {
  readonly kind: 'numeric';
  readonly column: string;
  /** The network sees (value − mean) / std; std is 1 for a constant column. Of robust scaling median and interquartile range. */
  readonly mean: number;
  readonly std: number;
  /** The network sees the standard normal deviate of a value's place among these instead. */
  readonly quantiles?: readonly number[] | undefined;
  /** What a missing cell becomes, in the column's units; null: a missing cell is an error. */
  readonly fill: number | null;
  /** One more column of x, behind the number: 1 where its cell is missing, else 0. */
  readonly indicator?: true | undefined;
  /** Absent: plain decimals. */
  readonly format?: WrittenFormat | undefined;
  /** One value in all training rows: nothing was learned of it, so it is 0 for the members whatever its cells say. */
  readonly constant?: true | undefined;
}

export interface CategoricalFeature {
  readonly kind: 'categorical';
  readonly column: string;
  /** One 0/1 column of x for each, in this order. */
  readonly categories: readonly string[];
  readonly fill: string | null;
  /**
   * How many less frequent categories share one more 0/1 column, the last, as do all that were never seen; absent: none
   * do, and there is no such column.
   */
  readonly others?: number | undefined;
  /** What the columns of a category that was never seen are: of those that were, the share of each. Absent: 0. */
  readonly shares?: readonly number[] | undefined;
  /** One more 0/1 column behind them, for missing cells, which are then not filled. */
  readonly indicator?: true | undefined;
  /** Only the empty cell is missing: NA and its like are categories, as the user said of the column. */
  readonly declared?: true | undefined;
}

/** A column of a table that x has columns for. */
export type FeatureColumn = NumericFeature | CategoricalFeature;

export interface ClassTarget {
  readonly kind: 'classification';
  readonly column: string;
  readonly classes: readonly string[];
  /** As of {@link CategoricalFeature}. */
  readonly declared?: true | undefined;
}

export interface RegressionTarget {
  readonly kind: 'regression';
  readonly columns: readonly string[];
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /** What bends them before they are standardised; absent: nothing. */
  readonly map?: TargetMap | undefined;
  /** How the cells of each column are written, null for plain decimals; absent: all plain. */
  readonly formats?: readonly (WrittenFormat | null)[] | undefined;
}

export type TargetEncoding = ClassTarget | RegressionTarget;

/** What was fitted on a table's training rows. */
export interface Preprocessing {
  /** In the order of the columns of x. */
  readonly features: readonly FeatureColumn[];
  /** A category not seen in training: an error; all of its 0/1 columns 0; or those that were seen, each by its share. */
  readonly unseen: 'error' | 'ignore' | 'learned';
  /** How numeric columns were scaled; absent: by mean and standard deviation. */
  readonly scaling?: OwnScaling | undefined;
  /** The c of the soft clip of every numeric column once standardised; absent: none. */
  readonly softClip?: number | undefined;
  /** Its shape; absent: `kneed`. */
  readonly clipShape?: 'smooth' | undefined;
  readonly target: TargetEncoding;
  readonly weightColumn: string | null;
  readonly groupColumn: string | null;
  /** Absent: rows have no order in time. */
  readonly timeColumn?: string | undefined;
  /** Absent: plain decimals. */
  readonly timeFormat?: WrittenFormat | undefined;
  /** Rows in the order of time beside those drawn, or before those held out, that are used for nothing; absent: none. */
  readonly timeGap?: number | undefined;
  /** Absent: plain decimals. */
  readonly weightFormat?: WrittenFormat | undefined;
  /** As of {@link CategoricalFeature}. */
  readonly groupDeclared?: true | undefined;
  /** The user's own words for missing values. */
  readonly missing?: readonly string[] | undefined;
  /** Rows without a target are left out of evaluations too. */
  readonly missingTarget?: 'drop' | undefined;
  /** Columns of the training file that nothing was learned from, and why. */
  readonly leftOut?: readonly { readonly column: string; readonly reason: string }[] | undefined;
}

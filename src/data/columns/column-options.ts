// What a user can say about the columns of a table. Plain options: judge-table.ts, preprocessing.ts and load.ts use
// them, the command line mirrors them (src/cli/options/data-rows.ts).

import { type OptionTable, option } from '../../option-names.js';
import type { TaskKind } from '../dataset/dataset-types.js';

export interface ColumnOptions {
  /** The column to predict, or several for regression. */
  readonly target: string | readonly string[];
  /** @default guessed: text, or integers with at most 20 distinct values, are classes */
  readonly task?: TaskKind | undefined;
  /** Columns of categories even if they look like numbers, never repeat, or say NA, which then is a category too. */
  readonly categorical?: readonly string[] | undefined;
  /** Columns to leave out. */
  readonly drop?: readonly string[] | undefined;
  /** The only columns to learn from. @default all that are not used otherwise */
  readonly only?: readonly string[] | undefined;
  /** Texts that stand for no value, beside the usual ones (docs/guide/data-files.md), in any column. */
  readonly missing?: readonly string[] | undefined;
  /** The decimal mark of all numbers. @default what the cells show */
  readonly decimal?: '.' | ',' | undefined;
  /** The order of dates such as 03/04/2023. @default what the cells show; an error where they do not */
  readonly dateOrder?: 'dmy' | 'mdy' | undefined;
  /** Rows without a target: refused, or left out. @default 'error' */
  readonly missingTarget?: 'error' | 'drop' | undefined;
  /** Weights of the loss per row; no feature. */
  readonly weightColumn?: string | undefined;
  /** Groups that resampling and splitting keep whole; no feature. */
  readonly groupColumn?: string | undefined;
}

const COLUMN_NAMES = {
  expected: 'the name of a column, or a list of names',
  holds: (value: unknown) => option.text.holds(value) || option.texts.holds(value),
};

/** The checks of these options that need no table. */
export const COLUMN_OPTIONS = {
  target: option.required(COLUMN_NAMES),
  task: option.oneOf('classification', 'regression'),
  categorical: option.texts,
  drop: option.texts,
  only: option.texts,
  missing: option.texts,
  decimal: option.oneOf('.', ','),
  dateOrder: option.oneOf('dmy', 'mdy'),
  missingTarget: option.oneOf('error', 'drop'),
  weightColumn: option.text,
  groupColumn: option.text,
} as const satisfies OptionTable<ColumnOptions>;

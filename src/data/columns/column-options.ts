// What a user can say about the columns of a table. Plain options: judge-table.ts, preprocessing.ts and load.ts use
// them, and the command line makes its flags of these records (src/cli/options/data-flags.ts).

import { described, type OptionTable, option } from '../../option-names.js';
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
  /**
   * When each row happened, numbers or dates; no feature. The latest rows are those to test and to stop on, and members draw
   * stretches of time in place of single rows.
   */
  readonly timeColumn?: string | undefined;
}

const COLUMN_NAMES = {
  expected: 'the name of a column, or a list of names',
  holds: (value: unknown) => option.text.holds(value) || option.texts.holds(value),
};

/** The checks of these options that need no table. */
export const COLUMN_OPTIONS = {
  target: described(option.required(COLUMN_NAMES), {
    kind: 'columns',
    says: 'column to predict, or several for a regression: a,b',
  }),
  task: described(option.oneOf('classification', 'regression'), {
    kind: 'choice',
    says: 'whether the target holds classes or numbers',
    defaultSays: 'guessed and printed',
  }),
  categorical: described(option.texts, {
    kind: 'columns',
    says: 'columns of categories that look like numbers, or never repeat, or say NA',
  }),
  drop: described(option.texts, { kind: 'columns', says: 'columns that nothing is learned from' }),
  only: described(option.texts, {
    kind: 'columns',
    says: 'the only columns to learn from, in place of `drop`',
  }),
  missing: described(option.texts, {
    kind: 'texts',
    says: 'texts for no value beside NA, NaN, null and, in numbers, ? and N/A',
  }),
  decimal: described(option.oneOf('.', ','), {
    kind: 'choice',
    says: 'the decimal mark of numbers',
    defaultSays: 'what the cells show',
  }),
  dateOrder: described(option.oneOf('dmy', 'mdy'), {
    kind: 'choice',
    says: 'the order of dates such as 03/04/2023',
    defaultSays: 'what the cells show',
  }),
  missingTarget: described(option.oneOf('error', 'drop'), {
    kind: 'choice',
    says: 'rows without a target: refused, or left out',
    default: 'error',
  }),
  weightColumn: described(option.text, {
    kind: 'text',
    says: 'column with the weight of each row in the loss, a number ≥ 0; no feature',
  }),
  groupColumn: described(option.text, {
    kind: 'text',
    says: 'column of groups that splitting and grouped resampling keep whole; no feature',
  }),
  timeColumn: described(option.text, {
    kind: 'text',
    says: 'column that says when a row happened: tested on the latest, drawn in stretches of time; no feature',
  }),
} as const satisfies OptionTable<ColumnOptions>;

/** More 0/1 columns than this for one column of categories are a mistake. */
const MOST_CATEGORIES = 10_000;

/** The check of how many categories of a column have a feature each: what is fitted takes it, and what is described. */
export const MAX_CATEGORIES = described(
  {
    expected: `an integer from 1 to ${MOST_CATEGORIES}`,
    holds: (value: unknown) => option.integer(1).holds(value) && Number(value) <= MOST_CATEGORIES,
  },
  {
    kind: 'number',
    says: 'categories of a column that get a feature each, the most frequent; all others share one more',
    // A rarer category is in few rows, and its weights would be learned from next to nothing.
    default: 100,
  },
);

// The judge of one file's columns: judge-column.ts with what the columns share, the user's words for missing values
// and the decimal mark that all of them together show.

import type { Column } from '../table/column.js';
import type { Table } from '../table/table.js';
import type { ColumnOptions } from './column-options.js';
import {
  type ColumnVerdict,
  decimalOf,
  type FileMarks,
  judgeColumn,
  numbersVerdict,
} from './judge-column.js';
import { type Tally, tallyColumn } from './tally.js';

/** Judges columns of one table one by one, by the words and marks that hold for all of them. */
export interface ColumnJudge {
  readonly words: readonly string[];
  isDeclared(column: Column): boolean;
  /** @throws ERR_DATA where a column can be read in two ways */
  verdict(column: Column): ColumnVerdict;
  tally(column: Column): Tally;
}

/** A judge for those columns of a table; the decimal mark of the file is what all of them together show. */
export function columnJudge(
  { delimiter = ',' }: Pick<Table, 'delimiter'>,
  columns: readonly Column[],
  options: Omit<ColumnOptions, 'target'>,
): ColumnJudge {
  const words = options.missing ?? [];
  const declared = new Set(options.categorical ?? []);
  const tallies = new Map<Column, Tally>();
  for (const column of columns) {
    if (!declared.has(column.name)) tallies.set(column, tallyColumn(column, words));
  }
  const decimal = options.decimal ?? decimalOf([...tallies.values()]);
  const tally = (column: Column): Tally => {
    let known = tallies.get(column);
    if (known === undefined || (known.unseen > 0 && decimal === ',')) {
      known = tallyColumn(column, words, true);
      tallies.set(column, known);
    }
    return known;
  };
  const marks: FileMarks = {
    ...{ decimal, stated: options.decimal !== undefined, delimiter },
    dateOrder: options.dateOrder ?? null,
  };
  return {
    words,
    isDeclared: (column) => declared.has(column.name),
    tally,
    verdict: (column) =>
      column.holdsNumbers === true
        ? numbersVerdict(tally(column))
        : judgeColumn(column.name, tally(column), marks),
  };
}

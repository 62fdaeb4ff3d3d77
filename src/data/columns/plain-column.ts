// Columns in plain writing, for readers that take cells as they come: whatever the rules of a table's numbers, dates and
// missing values say of a cell, it says itself. The rules are file-judge.ts's and reading.ts's.

import { type Column, isMissingText, TextColumn } from '../table/column.js';
import type { ColumnJudge } from './file-judge.js';
import { categoricalReading, numericReading } from './reading.js';

/**
 * The column with its numbers in plain decimals and an empty cell for every missing one; the column itself where it is
 * so written already. Cells that are no numbers among numbers stay as they are.
 *
 * @throws ERR_DATA where its numbers or dates can be read in two ways
 */
export function plainColumn(column: Column, judge: ColumnJudge): Column {
  const { kind, format } = judge.verdict(column);
  const reading =
    kind === 'numeric'
      ? numericReading(column, format, judge.words)
      : categoricalReading(column, 'text', judge.words);
  const numbers = reading.numbers();
  return rewritten(column, new TextColumn(column.name), (text, row) => {
    if (reading.isMissing(row)) return '';
    // Plain numbers keep their own digits: they may be labels, such as 01 or 3.10.
    const own = format === null && !Number.isNaN(column.number(row));
    return own || Number.isNaN(numbers[row]) ? text : String(numbers[row]);
  });
}

/**
 * A column of labels: only the empty cell and the user's own words are missing, for NA may be a label.
 * @param isLabel where labels are known, which texts are; the usual words for no value are missing where they are none
 */
export function labelColumn(
  column: Column,
  judge: ColumnJudge,
  isLabel: (text: string) => boolean = () => true,
): Column {
  const { isMissing } = categoricalReading(column, 'declared', judge.words);
  const own = new TextColumn(column.name, (text) => text === '');
  const gone = (text: string, row: number) => isMissing(row) || (isMissingText(text) && !isLabel(text));
  return rewritten(column, own, (text, row) => (gone(text, row) ? '' : text), true);
}

/** Fills `into`, unless all cells stay as they are and the column itself will do. */
function rewritten(
  column: Column,
  into: TextColumn,
  write: (text: string, row: number) => string,
  always = false,
): Column {
  let same = !always;
  for (let row = 0; row < column.length; row++) {
    const text = column.text(row);
    const written = write(text, row);
    if (same && (written === text || (written === '' && column.isMissing(row)))) continue;
    if (same) for (let before = 0; before < row; before++) into.push(column.text(before));
    same = false;
    into.push(written);
  }
  return same ? column : into;
}

// Whether a feature column is of use: columns of one value or none, and texts that never repeat, are left out and
// named; numbers that look like the number of a row are kept and named.

import type { Column } from '../table/column.js';
import { labelOf } from '../table/labels.js';
import { isNumberWord } from '../table/missing.js';
import type { Table } from '../table/table.js';
import type { ColumnJudge } from './file-judge.js';
import { categoricalReading, hasGaps, numbersOf, numericReading, type Reading } from './reading.js';

export interface FeatureJudgement {
  /** Null: the column is left out, for this reason. */
  readonly reading: Reading | null;
  readonly reason: string | null;
  /** One number in every row: it keeps its place, and nothing can be learned of it. */
  readonly constant: boolean;
  readonly notes: readonly string[];
}

/**
 * A text column is left out when it has more than this many categories and more than half as many as cells: what
 * names rows says nothing about rows to come.
 */
const FEW_CATEGORIES = 20;

/** Names that people give to columns that number or name rows. */
const ID_NAME =
  /(?:^|[\s_.-])(?:id|ids|key|uid|uuid|guid|index|idx|row|rownum|row_?id|nr|no|number|num)$|[a-z](?:Id|ID|Key|Index)$/;

/** @throws ERR_DATA for cells that contradict the column */
export function judgeFeature(table: Table, column: Column, judge: ColumnJudge): FeatureJudgement {
  if (judge.isDeclared(column)) {
    const reading = categoricalReading(column, 'declared', judge.words);
    const { notes } = judgeCategories(table, reading);
    return { reading, reason: null, constant: false, notes };
  }
  const { kind, format } = judge.verdict(column);
  if (kind === 'empty') return leftOut('no values');
  if (kind === 'categorical') return judgeText(table, column, judge);
  const reading = numericReading(column, format, judge.words);
  const numbers = numbersOf(table, reading);
  if (isConstantWithGaps(numbers)) return leftOut('the same number in every row that has one');
  const constant = numbers.every((number) => number === numbers[0]);
  const notes = constant || format?.kind === 'date' ? [] : numberNotes(column, numbers);
  return { reading, reason: null, constant, notes };
}

function leftOut(reason: string): FeatureJudgement {
  return { reading: null, reason, constant: false, notes: [] };
}

function judgeText(table: Table, column: Column, judge: ColumnJudge): FeatureJudgement {
  const reading = categoricalReading(column, 'text', judge.words);
  const { categories, cells, notes } = judgeCategories(table, reading);
  if (categories === 1) return leftOut('the same text in every row that has one');
  if (categories > FEW_CATEGORIES && categories * 2 > cells) {
    return leftOut(
      `${categories} different texts in ${cells} rows; \`categorical\` keeps them as categories`,
    );
  }
  return { reading, reason: null, constant: false, notes };
}

/** How many categories in how many cells, and what is to be said about them. */
export function judgeCategories(
  table: Table,
  { column, isMissing, declared }: Reading,
): { readonly categories: number; readonly cells: number; readonly notes: readonly string[] } {
  const texts = new Set<string>();
  const words = new Set<string>();
  let cells = 0;
  column.tally((text, count, first) => {
    if (isMissing(first)) return;
    texts.add(labelOf(text));
    cells += count;
    if (!declared && isNumberWord(text)) words.add(text);
  });
  const notes: string[] = [];
  if (texts.size * 2 > cells && texts.size > 2) {
    const drop = 'rows to come will hardly have them; `drop` leaves the column out';
    notes.push(`\`${column.name}\` has ${texts.size} categories in ${cells} of ${table.rows} rows: ${drop}`);
  }
  for (const word of words) {
    notes.push(
      `\`${column.name}\`: ${JSON.stringify(word)} is a category; \`missing\` makes it a missing value`,
    );
  }
  return { categories: texts.size, cells, notes };
}

/**
 * One number and missing cells. Without gaps a constant column keeps its place among the features, as 0: rows may be
 * images, whose pixels must stay where they are.
 */
function isConstantWithGaps(numbers: Float64Array): boolean {
  if (!hasGaps(numbers)) return false;
  const first = numbers.find((number) => !Number.isNaN(number));
  return numbers.every((number) => Number.isNaN(number) || number === first);
}

/** Numbers that count the rows, or are another in every row under the name of an id. */
function numberNotes(column: Column, numbers: Float64Array): string[] {
  const { name } = column;
  if (numbers.length < 3) return [];
  const advice = '`drop` leaves it out';
  if (numbers.every((number, row) => Number.isInteger(number) && number === numbers[0]! + row)) {
    return [`\`${name}\` counts the rows from ${numbers[0]}: it says nothing about rows to come; ${advice}`];
  }
  if (!ID_NAME.test(name) || !numbers.every((number) => Number.isInteger(number))) return [];
  if (new Set(numbers).size < numbers.length) return [];
  return [`\`${name}\` is another number in every row, as ids are; ${advice}`];
}

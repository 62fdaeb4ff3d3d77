// Class predictions in a table: which of three layouts the columns are in.
// Layouts are tried from the most telling to the least; the first that fits every cell counts. Columns that can only be
// probabilities by member and class, but do not fit, are refused by name and never taken for anything else.

import type { Column } from '../../data/table/column.js';
import { classesOf, labelOf } from '../../data/table/labels.js';
import { cellError, findColumn, listed, type Table } from '../../data/table/table.js';
import { TuttiError } from '../../errors.js';
import { type MemberColumns, missingColumn, type SplitColumns, splitColumns } from './prediction-columns.js';
import { isShare } from './probability.js';

/** How a file says what its members predict. */
export type ClassLayout = { readonly classes: readonly string[] } & (
  | /** Columns by member and by {@link labelOf} the class. */
  { readonly kind: 'perClass'; readonly groups: MemberColumns }
  /** One probability per member, of `classes[of]` out of two. */
  | { readonly kind: 'oneClass'; readonly columns: ReadonlyMap<string, string>; readonly of: 0 | 1 }
  /** One predicted label per member. */
  | { readonly kind: 'labels' }
);

/** Slack of a member's probabilities about a sum of 1: files hold rounded numbers. */
const SUM_SLACK = 0.05;

/** As in reading data: with more distinct integers in the target, integer predictions are a regression's. */
const MOST_GUESSED_CLASSES = 20;

/**
 * The layout of `columns`, given the target; null when they fit none and `certain` is false.
 * @throws ERR_DATA for columns by member and class that do not fit, naming what is wrong; when `certain`, with the
 * reason of the nearest layout.
 */
export function chooseClassLayout(
  table: Table,
  target: Column,
  columns: readonly Column[],
  certain: boolean,
): ClassLayout | null {
  const texts = new Set<string>();
  target.tally((text) => texts.add(text));
  const truth: Truth = { texts, labels: new Set([...texts].map(labelOf)) };
  const split = splitColumns(
    columns.map((column) => column.name),
    truth.labels,
    labelOf,
    true,
  );
  const perClass = split === null ? null : perClassLayout(table, columns, split, truth);
  if (perClass !== null && !(perClass instanceof TuttiError)) return perClass;
  if (perClass !== null && isTelling(table, columns, split!, truth)) throw perClass;
  const single = singleLayout(table, columns, truth, certain);
  if (single !== null || !certain) return single;
  throw perClass ?? layoutError(table, target, columns, truth);
}

/** The target's labels, as they are written and as {@link labelOf} has them. */
interface Truth {
  readonly texts: ReadonlySet<string>;
  readonly labels: ReadonlySet<string>;
}

/** `<member>_<class>` columns; the error tells what keeps them from fitting. */
function perClassLayout(
  table: Table,
  columns: readonly Column[],
  split: SplitColumns,
  { texts, labels }: Truth,
): ClassLayout | TuttiError {
  const { parts, groups, strays, twice } = split;
  const fail = (message: string, column: string) =>
    new TuttiError('ERR_DATA', message, { file: table.source, column });
  if (strays.length > 0) {
    const message = `Expected the columns of ${table.source} to be one per member and class, got \`${strays[0]}\``;
    return fail(`${message}; list it in \`drop\` if it is no prediction`, strays[0]!);
  }
  if (twice !== null) {
    const both = `\`${twice[0]}\` and \`${twice[1]}\``;
    return fail(`Expected one column per member and class in ${table.source}, got ${both}`, twice[1]);
  }
  const bad = firstCell(table, columns, isProbability);
  if (bad !== null) return cellError(table, bad.row, bad.column, 'a probability from 0 to 1');
  const absent = parts.filter(({ part }) => !labels.has(part));
  const classes = classesOf([...texts, ...absent.map(({ written }) => written)]);
  const [{ part }] = parts as [(typeof parts)[number]];
  if (classes.length === 2 && parts.every((each) => each.part === part) && groups.size === parts.length) {
    const of = labelOf(classes[0]!) === part ? 0 : 1;
    const columnOf = new Map(parts.map(({ member, column }) => [member, column]));
    return { kind: 'oneClass', classes, columns: columnOf, of };
  }
  const missing = missingColumn(split, classes.map(labelOf));
  if (missing !== null) {
    const message = `Expected a column \`${missing}\` in ${table.source}, one per member and class, got none`;
    return fail(message, missing);
  }
  return sumError(table, groups) ?? { kind: 'perClass', classes, groups };
}

function sumError(table: Table, groups: MemberColumns): TuttiError | null {
  for (const [member, own] of groups) {
    const parts = columnsOf(table, own);
    for (let row = 0; row < table.rows; row++) {
      const sum = parts.reduce((total, column) => total + column.number(row), 0);
      if (!(Math.abs(sum - 1) > SUM_SLACK)) continue; // a missing cell is NaN: judged when it is read
      const place = `(${table.source}, line ${table.lines[row]}, row ${row + 1})`;
      const message = `Expected the probabilities of member \`${member}\` to sum to 1, got ${sum} ${place}`;
      return new TuttiError('ERR_DATA', message, { file: table.source, row: row + 1 });
    }
  }
  return null;
}

function columnsOf(table: Table, own: ReadonlyMap<string, string>): Column[] {
  return [...own.values()].map((name) => findColumn(table, name)!);
}

/**
 * Whether columns that begin like `<member>_<class>` can be nothing else, though they do not fit: their names end in
 * words of the target, or their numbers are shares of one. `m_0`, `m_1` may otherwise be numbered members that predict
 * labels, or values of a regression.
 */
function isTelling(
  table: Table,
  columns: readonly Column[],
  { groups, parts, strays, twice }: SplitColumns,
  { labels }: Truth,
): boolean {
  const isWords = [...labels].some((label) => Number.isNaN(Number(label)));
  if (strays.length >= parts.length) return false;
  if ((isWords && strays.length === 0) || twice !== null) return true;
  const hard = firstCell(table, columns, (column, row) => labels.has(labelOf(column.text(row)))) === null;
  return [...groups.values()].some((own) => own.size > 1) && areShares(table, groups, hard);
}

/** So many of the cells, and of the sums, must be as they should for the others to be mistakes. */
const MOST = 0.9;

/**
 * Whether the cells of each member's columns are shares of one, but for mistakes: nearly all from 0 to 1 with sums
 * hardly ever above 1, and about 1 in most rows; where several members have columns alike (a class may be lacking), above
 * one half in the mean. `hard`: all cells are labels too, so that no sum at all may be above 1.
 */
function areShares(table: Table, groups: MemberColumns, hard: boolean): boolean {
  const count = { cells: 0, within: 0, sums: 0, total: 0, above: 0, one: 0 };
  for (const own of groups.values()) {
    const parts = columnsOf(table, own);
    for (let row = 0; row < table.rows; row++) {
      const numbers = parts.filter((part) => !part.isMissing(row)).map((part) => part.number(row));
      const shares = numbers.filter(isShare);
      count.cells += numbers.length;
      count.within += shares.length;
      if (parts.length < 2 || numbers.length === 0) continue;
      const sum = shares.reduce((total, number) => total + number, 0);
      count.sums++;
      count.total += sum;
      if (sum > 1 + SUM_SLACK) count.above++;
      else if (sum >= 1 - SUM_SLACK) count.one++;
    }
  }
  const usual = groups.size > 1 ? count.total * 2 >= count.sums : count.one * 2 > count.sums;
  const above = hard ? 0 : (1 - MOST) * count.sums;
  return usual && count.above <= above && count.within >= MOST * count.cells;
}

/** One column per member: predicted labels, or for two classes the probability of the second. */
function singleLayout(
  table: Table,
  columns: readonly Column[],
  { texts, labels }: Truth,
  certain: boolean,
): ClassLayout | null {
  if (!certain && labels.size > MOST_GUESSED_CLASSES) return null;
  const classes = classesOf(texts);
  const known = new Set<string>();
  const isLabel = (column: Column, row: number): boolean => {
    const text = column.text(row);
    if (known.has(text)) return true;
    const found = labels.has(labelOf(text));
    if (found) known.add(text);
    return found;
  };
  if (firstCell(table, columns, isLabel) === null) return { kind: 'labels', classes };
  if (classes.length !== 2 || firstCell(table, columns, isProbability) !== null) return null;
  if (!certain && (classes[0] !== '0' || classes[1] !== '1')) return null;
  const columnOf = new Map(columns.map((column) => [column.name, column.name]));
  return { kind: 'oneClass', classes, columns: columnOf, of: 1 };
}

function isProbability(column: Column, row: number): boolean {
  return isShare(column.number(row));
}

/** The first non-missing cell that fails a test. */
function firstCell(
  table: Table,
  columns: readonly Column[],
  passes: (column: Column, row: number) => boolean,
): { row: number; column: Column } | null {
  for (let row = 0; row < table.rows; row++) {
    for (const column of columns) {
      if (!column.isMissing(row) && !passes(column, row)) return { row, column };
    }
  }
  return null;
}

function layoutError(table: Table, target: Column, columns: readonly Column[], { texts }: Truth): TuttiError {
  const example = classesOf(texts).map((name) => `\`<member>_${name}\``);
  const message =
    `Expected the columns of ${table.source} beside \`${target.name}\` to hold one predicted label per member, ` +
    `or a probability for each member and class (${listed(example)}), ` +
    `got ${listed(columns.map((column) => column.name))}; list in \`drop\` what is no prediction`;
  return new TuttiError('ERR_DATA', message, { file: table.source });
}

// Class predictions in a table: which of three layouts the columns are in, and their probabilities.
// Layouts are tried from the most telling to the least; the first that fits every cell counts.

import type { Column } from '../data/column.js';
import { cellError, listed, type Table } from '../data/table.js';
import { TuttiError } from '../errors.js';
import {
  groupByMember,
  type MemberColumns,
  missingColumn,
  sortedClasses,
  splitColumns,
} from './prediction-columns.js';

/** How a file says what its members predict. */
export type ClassLayout = { readonly classes: readonly string[] } & (
  | { readonly kind: 'perClass'; readonly groups: MemberColumns }
  /** One probability per member, of `classes[of]` out of two. */
  | { readonly kind: 'oneClass'; readonly columns: ReadonlyMap<string, string>; readonly of: 0 | 1 }
  /** One predicted label per member. */
  | { readonly kind: 'labels' }
);

/** Slack of a member's probabilities about a sum of 1: files hold rounded numbers. */
const SUM_SLACK = 0.05;

/** As in reading data: with more distinct integers in the target, integer predictions are a regression's. */
const MOST_GUESSED_CLASSES = 20;

/** A cell as a class label: numbers by value, so that 1, 1.0 and 1e0 are one class. */
export function labelAt(column: Column, row: number): string {
  const number = column.number(row);
  return Number.isFinite(number) ? String(number) : column.text(row);
}

/**
 * The layout of `columns`, given the target; null when they fit none and `certain` is false.
 * @throws ERR_DATA when `certain`, with the reason of the nearest layout.
 */
export function chooseClassLayout(
  table: Table,
  target: Column,
  columns: readonly Column[],
  certain: boolean,
): ClassLayout | null {
  const written = new Map<string, string>();
  const labels = new Set<string>();
  for (let row = 0; row < table.rows; row++) {
    const label = labelAt(target, row);
    written.set(target.text(row), label).set(label, label);
    labels.add(label);
  }
  const perClass = tryPerClass(table, columns, written, labels);
  if (perClass !== null && !(perClass instanceof TuttiError)) return perClass;
  // Names that end in words of the target can mean nothing else; `m_0`, `m_1` may be numbered members.
  if (perClass !== null && [...labels].some((label) => Number.isNaN(Number(label)))) throw perClass;
  const single = trySingle(table, columns, labels, certain);
  if (single !== null || !certain) return single;
  throw perClass ?? layoutError(table, target, columns, labels);
}

/** `<member>_<class>` columns; the error tells what keeps them from fitting, null that they are not these. */
function tryPerClass(
  table: Table,
  columns: readonly Column[],
  written: ReadonlyMap<string, string>,
  labels: ReadonlySet<string>,
): ClassLayout | TuttiError | null {
  const names = columns.map((column) => column.name);
  const split = splitColumns(names, written, true);
  const groups = split === null ? null : groupByMember(split);
  if (split === null || groups === null) return null;
  const bad = firstCell(table, columns, isProbability);
  if (bad !== null) return cellError(table, bad.row, bad.column, 'a probability from 0 to 1');
  const classes = sortedClasses(new Set([...labels, ...split.map(({ part }) => part)]));
  const part = split[0]!.part;
  if (classes.length === 2 && split.every((each) => each.part === part) && groups.size === split.length) {
    const of = classes[0] === part ? 0 : 1;
    const columnOf = new Map(split.map(({ member, column }) => [member, column]));
    return { kind: 'oneClass', classes, columns: columnOf, of };
  }
  const missing = missingColumn(groups, classes);
  if (missing !== null) {
    const message = `Expected a column \`${missing}\` in ${table.source}, one per member and class, got none`;
    return new TuttiError('ERR_DATA', message, { file: table.source, column: missing });
  }
  return sumError(table, columns, groups) ?? { kind: 'perClass', classes, groups };
}

function sumError(table: Table, columns: readonly Column[], groups: MemberColumns): TuttiError | null {
  const byName = new Map(columns.map((column) => [column.name, column]));
  for (const [member, own] of groups) {
    const parts = [...own.values()].map((name) => byName.get(name)!);
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

/** One column per member: predicted labels, or for two classes the probability of the second. */
function trySingle(
  table: Table,
  columns: readonly Column[],
  labels: ReadonlySet<string>,
  certain: boolean,
): ClassLayout | null {
  if (!certain && labels.size > MOST_GUESSED_CLASSES) return null;
  const isLabel = (column: Column, row: number): boolean => labels.has(labelAt(column, row));
  if (firstCell(table, columns, isLabel) === null) return { kind: 'labels', classes: sortedClasses(labels) };
  const classes = sortedClasses(labels);
  if (classes.length !== 2 || firstCell(table, columns, isProbability) !== null) return null;
  if (!certain && (classes[0] !== '0' || classes[1] !== '1')) return null;
  const columnOf = new Map(columns.map((column) => [column.name, column.name]));
  return { kind: 'oneClass', classes, columns: columnOf, of: 1 };
}

function isProbability(column: Column, row: number): boolean {
  const number = column.number(row);
  return number >= 0 && number <= 1;
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

function layoutError(
  table: Table,
  target: Column,
  columns: readonly Column[],
  labels: ReadonlySet<string>,
): TuttiError {
  const classes = sortedClasses(labels);
  const example = classes.map((name) => `\`<member>_${name}\``);
  const message =
    `Expected the columns of ${table.source} beside \`${target.name}\` to hold one predicted label per member, ` +
    `or a probability for each member and class (${listed(example)}), ` +
    `got ${listed(columns.map((column) => column.name))}`;
  return new TuttiError('ERR_DATA', message, { file: table.source });
}

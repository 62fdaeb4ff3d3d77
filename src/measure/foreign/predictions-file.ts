// Members' predictions in a table, as users of any library write them: one row per example, the truth in a
// named column, and per member either one column (values, labels, or the probability of the second class)
// or one per class, `<member>_<class>`. Which of these a file is, is inferred from the target and the names.

import { columnJudge } from '../../data/columns/file-judge.js';
import { labelColumn, plainColumn } from '../../data/columns/plain-column.js';
import type { Task } from '../../data/dataset/dataset.js';
import { type Column, isMissingText } from '../../data/table/column.js';
import { labelOf } from '../../data/table/labels.js';
import { cellError, otherColumns, requireColumn, type Table } from '../../data/table/table.js';
import { failOption, TuttiError } from '../../errors.js';
import { blockRanges, type TargetBlock } from '../../predictions/blocks.js';
import type { Predictions } from '../../predictions/predictions.js';
import { createMeasurement, type Measurement, type MeasurementOptions } from '../measurement.js';
import { sliceTargets } from './error-correlation.js';
import { type ClassLayout, chooseClassLayout } from './file-classes.js';
import { readClasses, readValues } from './file-values.js';

export interface PredictionsFileOptions {
  /** The column of the truth, or several for a regression with several targets. */
  readonly target: string | readonly string[];
  /** @default inferred: see docs/reference/measuring.md */
  readonly task?: 'classification' | 'regression' | null;
  /** Columns that are no member's. A column `id`, `index` or `row` that counts the rows is left out without it. */
  readonly drop?: readonly string[];
  /** Texts that stand for no value, beside the usual ones (docs/guide/data-files.md). */
  readonly missing?: readonly string[];
  /** The decimal mark of all numbers. @default what the cells show */
  readonly decimal?: '.' | ',';
  /** The order of dates such as 03/04/2023. @default what the cells show; an error where they do not */
  readonly dateOrder?: 'dmy' | 'mdy';
  /** Empty cells mean that the row is in bag for the member. @default they are refused */
  readonly outOfBag?: boolean;
}

/** A predictions file as numbers, and how it was read. */
export interface PredictionsFile {
  readonly task: Task;
  /** Member names, in the order of their first columns. */
  readonly members: readonly string[];
  readonly rows: number;
  /** Per member. Regression values are relative to `origin`, so that single precision keeps their digits. */
  readonly predictions: readonly Predictions[];
  readonly targets: TargetBlock;
  /** Mean of each target, subtracted from predictions and targets alike: errors are unchanged. */
  readonly origin: readonly number[];
  /** u8[k, rows], or null when every member counts for every row. */
  readonly outOfBag: Uint8Array | null;
  /** For printing: what the columns were taken for. */
  readonly layout: string;
  /** Columns left out because they are no data, number the rows or were named in `drop`. */
  readonly ignored: readonly LeftOutColumn[];
}

export interface LeftOutColumn {
  readonly column: string;
  /** Null where the user named it. */
  readonly reason: string | null;
}

/**
 * Reads a table of members' predictions.
 * @throws ERR_OPTION for an unknown column or task; ERR_DATA for cells that are missing or of the wrong
 * kind (file, line and column named) and for columns that are in no layout.
 */
export function readPredictions(file: Table, options: PredictionsFileOptions): PredictionsFile {
  const truth = [options.target].flat().map((name) => requireColumn(file, 'target', name));
  if (truth.length === 0) failOption('target', 'at least one column', options.target);
  const found = memberColumns(file, truth, options.drop ?? []);
  const { targets, columns } = plainColumns(file, truth, found.columns, options);
  const table = { ...file, columns: [...targets, ...columns] };
  for (const target of targets) refuseMissing(table, target);
  const stated = options.task ?? null;
  const layout =
    stated === 'regression' || targets.length > 1 ? null : classLayout(table, targets[0]!, columns, stated);
  if (targets.length > 1 && stated === 'classification') {
    failOption('target', 'one column for classification', options.target);
  }
  const reader = { table, allowMissing: options.outOfBag ?? false };
  const read =
    layout === null
      ? readValues(reader, targets, columns)
      : readClasses(reader, targets[0]!, layout, columns);
  const outOfBag = reader.allowMissing ? maskOf(read.predictions) : null;
  return { ...read, rows: table.rows, outOfBag, ignored: found.ignored };
}

/** Measures a predictions file; aggregators come from the caller, as everywhere in this folder. */
export function measureFile(
  file: PredictionsFile,
  options: Omit<MeasurementOptions, 'memberCount' | 'task' | 'outOfBag'>,
): Measurement {
  const { task, predictions, outOfBag, rows } = file;
  const memberCount = predictions.length;
  const measurement = createMeasurement({ ...options, memberCount, task, outOfBag: outOfBag !== null });
  for (const { start, end } of blockRanges(rows)) {
    measurement.addBlock(
      predictions.map((prediction) => slice(prediction, start, end)),
      sliceTargets(file, start, end),
      outOfBag === null ? null : sliceMask(outOfBag, rows, start, end),
    );
  }
  return measurement.finish();
}

/** The columns as the rules for every table have them: docs/guide/data-files.md. */
function plainColumns(
  table: Table,
  targets: readonly Column[],
  columns: readonly Column[],
  { task, missing, decimal, dateOrder }: PredictionsFileOptions,
): { targets: Column[]; columns: Column[] } {
  const judge = columnJudge(table, [...targets, ...columns], { missing, decimal, dateOrder });
  const plain = (column: Column) => plainColumn(column, judge);
  if (task !== 'classification' || targets.length > 1) {
    return { targets: targets.map(plain), columns: columns.map(plain) };
  }
  const truth = labelColumn(targets[0]!, judge);
  const labels = new Set<string>();
  truth.tally((text) => labels.add(labelOf(text)));
  const isLabel = (text: string) => labels.has(labelOf(text));
  const holdsLabels = (column: Column): boolean => {
    let all = true;
    column.tally((text) => {
      all &&= isLabel(text) || isMissingText(text) || judge.words.includes(text);
    });
    return all;
  };
  const read = (column: Column) =>
    holdsLabels(column) ? labelColumn(column, judge, isLabel) : plain(column);
  return { targets: [truth], columns: columns.map(read) };
}

function memberColumns(
  table: Table,
  targets: readonly Column[],
  drop: readonly string[],
): { columns: Column[]; ignored: LeftOutColumn[] } {
  const dropped = drop.map((name) => requireColumn(table, 'drop', name));
  const others = otherColumns(table, new Set([...targets, ...dropped]));
  const own = foldColumns(table);
  const columns = others.filter((column) => !own.has(column) && !numbersRows(table, column));
  if (columns.length === 0) {
    throw new TuttiError(
      'ERR_DATA',
      `Expected ${table.source} to have members' columns beside the target, got none`,
      {
        file: table.source,
      },
    );
  }
  const { notes = [] } = table;
  const stated = new Set(dropped.map(({ name }) => name));
  const found = notes.filter(
    ({ column }) => !stated.has(column) && !targets.some(({ name }) => name === column),
  );
  const counting = others.filter((column) => !columns.includes(column));
  const ignored = [
    ...found.map(({ column, reason }) => ({ column, reason })),
    ...counting.map((column) => ({
      column: column.name,
      reason: own.has(column) ? 'says where the row is from' : 'numbers the rows',
    })),
    ...[...stated].map((column) => ({ column, reason: null })),
  ];
  return { columns, ignored };
}

/** The first columns of a file that `tutti cv` wrote, which say where each row is from. */
const FOLD_COLUMNS = ['row', 'repeat', 'fold'];

function foldColumns({ columns, rows }: Table): ReadonlySet<Column> {
  const first = columns.slice(0, FOLD_COLUMNS.length);
  const named = first.every(({ name }, at) => name === FOLD_COLUMNS[at]);
  const counts = (column: Column) => {
    for (let row = 0; row < rows; row++)
      if (!(Number.isInteger(column.number(row)) && column.number(row) >= 1)) return false;
    return true;
  };
  return new Set(named && first.length === FOLD_COLUMNS.length && first.every(counts) ? first : []);
}

/** Names under which libraries write an index that no member predicts. */
const INDEX_NAME = /^(index|idx|id|row|row[ _-]?(id|index|number)|sample([ _-]?(id|index|number))?|#)$/i;

/** Whether a member's name is rather that of a column of row numbers. */
export function isIndexName(name: string): boolean {
  return INDEX_NAME.test(name);
}

/** Whether a column of such a name just counts 0, 1, 2 … or 1, 2, 3 … */
function numbersRows(table: Table, column: Column): boolean {
  const first = column.number(0);
  if (!isIndexName(column.name) || (first !== 0 && first !== 1)) return false;
  for (let row = 0; row < table.rows; row++) if (column.number(row) !== first + row) return false;
  return true;
}

function refuseMissing(table: Table, column: Column): void {
  for (let row = 0; row < table.rows; row++) {
    if (column.isMissing(row)) throw cellError(table, row, column, 'filled in', 'every row needs its target');
  }
}

/** The layout of a classification, or null for a regression. */
function classLayout(
  table: Table,
  target: Column,
  columns: readonly Column[],
  stated: PredictionsFileOptions['task'],
): ClassLayout | null {
  if (stated !== null && stated !== 'classification')
    failOption('task', 'classification or regression', stated);
  const numbers = Float64Array.from({ length: table.rows }, (_, row) => target.number(row));
  const text = numbers.some((number) => Number.isNaN(number));
  if (!text && stated === null && !numbers.every(Number.isInteger)) return null;
  return chooseClassLayout(table, target, columns, text || stated === 'classification');
}

/** u8[k, rows]: 0 where a member's cells are missing. */
function maskOf(predictions: readonly Predictions[]): Uint8Array {
  const rows = predictions[0]!.rows;
  const mask = new Uint8Array(predictions.length * rows);
  predictions.forEach(({ mean, outputs }, member) => {
    for (let row = 0; row < rows; row++) {
      const values = mean.subarray(row * outputs, (row + 1) * outputs);
      mask[member * rows + row] = values.some((value) => Number.isNaN(value)) ? 0 : 1;
    }
  });
  return mask;
}

function slice(prediction: Predictions, start: number, end: number): Predictions {
  const { outputs, mean } = prediction;
  return { ...prediction, rows: end - start, mean: mean.subarray(start * outputs, end * outputs) };
}

function sliceMask(mask: Uint8Array, rows: number, start: number, end: number): Uint8Array {
  const members = mask.length / rows;
  const sliced = new Uint8Array(members * (end - start));
  for (let member = 0; member < members; member++) {
    sliced.set(mask.subarray(member * rows + start, member * rows + end), member * (end - start));
  }
  return sliced;
}

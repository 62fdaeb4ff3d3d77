// The target as fitted: its classes or scale, and its encoding for training and evaluation. Which task it is was judged
// before (judge-target.ts).
// Classes are those of the whole table, so that a rare class that falls to the test rows is still a class.

import { failOption, TuttiError } from '../../errors.js';
import type { TargetJudgement } from '../columns/judge-target.js';
import {
  categoricalReading,
  numbersOf,
  numericReading,
  type Reading,
  refuseMissing,
} from '../columns/reading.js';
import { scaleOf } from '../dataset/arrays.js';
import type { TargetScaling } from '../dataset/encoding.js';
import type { Preprocessing, TargetEncoding } from '../dataset/preprocessing-types.js';
import { fitTargetMap } from '../dataset/target-map.js';
import type { Column } from '../table/column.js';
import { classesOf, labeller } from '../table/labels.js';
import { cellError, findColumn, listed, type Table } from '../table/table.js';

/** More classes than this are refused: each is an output of every member. */
const MOST_CLASSES = 10_000;

/**
 * Fits the encoding of the target: classes of all rows with a target, or mean and std of the training rows.
 *
 * @param rows u32, the training rows
 * @param used u32, all rows that have a target
 * @throws ERR_OPTION for a scaling of classes; ERR_DATA for logarithms of numbers below 0, for one class only among the training rows, and for more classes than 10 000 or than half the rows
 */
export function fitTarget(
  table: Table,
  { kind, readings }: TargetJudgement,
  rows: Uint32Array,
  used: Uint32Array,
  scaling: TargetScaling = 'standard',
): TargetEncoding {
  if (kind === 'regression') return fitNumbers(readings, rows, scaling);
  if (scaling !== 'standard') failOption('targetScaling', 'absent for classification', scaling);
  const { column, declared } = readings[0]!;
  const classes = classesOf(textsOf(column, used));
  if (classes.length > MOST_CLASSES) {
    throw classError(table, column, `at most ${MOST_CLASSES} classes`, `${classes.length}`);
  }
  if (classes.length > 2 && classes.length * 2 > used.length)
    throw tooManyClasses(table, column, classes, used);
  const names = labeller(classes);
  const trained = new Set(Array.from(rows, (row) => names(column.text(row))));
  if (trained.size < 2) {
    const only = JSON.stringify(classes[[...trained][0]!]);
    throw classError(table, column, 'at least two classes in the training rows', `only ${only}`);
  }
  return { kind, column: column.name, classes, ...(declared ? { declared } : {}) };
}

function fitNumbers(readings: readonly Reading[], rows: Uint32Array, scaling: TargetScaling): TargetEncoding {
  const names = readings.map(({ column }) => column.name);
  const columns = readings.map((reading) => {
    const numbers = reading.numbers();
    return Float64Array.from(rows, (row) => numbers[row]!);
  });
  const scales = columns.map((column, t) => scaleOf(column, names[t]!));
  const map = fitTargetMap(scaling, columns, names);
  const formats = readings.map(({ format }) => format);
  return {
    kind: 'regression',
    columns: names,
    mean: scales.map((scale) => scale.mean),
    std: scales.map((scale) => scale.std),
    ...(map === undefined ? {} : { map }),
    ...(formats.every((format) => format === null) ? {} : { formats }),
  };
}

function classError(table: Table, column: Column, expected: string, got: string): TuttiError {
  const message = `Expected \`${column.name}\` to hold ${expected}, got ${got} (${table.source})`;
  return new TuttiError('ERR_DATA', message, { file: table.source, column: column.name });
}

/** Where most rows are a class of their own, nothing can be learned: it is no column of classes. */
function tooManyClasses(
  table: Table,
  column: Column,
  classes: readonly string[],
  used: Uint32Array,
): TuttiError {
  const got = `${classes.length} different values in ${used.length} rows (${listed(classes)})`;
  const message = `Expected \`${column.name}\` to hold classes, at most half as many as rows, got ${got}`;
  const numbers =
    'state `task` as regression if they are numbers, and `decimal` if that is how they are written';
  return new TuttiError('ERR_DATA', `${message}; ${numbers}`, { file: table.source, column: column.name });
}

/** A dataset's target as numbers: labels i32[rows] (classes) or values f64[rows, targets], the other one empty. */
export interface EncodedTargets {
  readonly labels: Int32Array;
  readonly targets: Float64Array;
}

/**
 * Encodes the target of a table's rows; null where a target column is absent or wholly missing.
 *
 * @param rows u32, the rows to transform; null for all
 * @throws ERR_DATA naming the cell for a missing target, one that is no finite number, an unknown class
 */
export function transformTargets(
  preprocessing: Pick<Preprocessing, 'target' | 'missing'>,
  table: Table,
  rows: Uint32Array | null = null,
): EncodedTargets | null {
  const { target } = preprocessing;
  const readings = targetReadings(preprocessing, table);
  if (readings === null || readings.some(isWhollyMissing)) return null;
  refuseMissing(table, readings, 'every row needs its target', rows);
  const used = rows ?? Uint32Array.from({ length: table.rows }, (_, row) => row);
  if (target.kind === 'classification') {
    const labels = labelsOf(table, readings[0]!.column, target.classes, used);
    return { labels, targets: new Float64Array(0) };
  }
  const targets = new Float64Array(used.length * readings.length);
  readings.forEach((reading, c) => {
    const numbers = numbersOf(table, reading);
    used.forEach((row, i) => {
      targets[i * readings.length + c] = numbers[row]!;
    });
  });
  return { labels: new Int32Array(0), targets };
}

/** The target columns of a table as training read them; null where one is absent. */
export function targetReadings(
  { target, missing = [] }: Pick<Preprocessing, 'target' | 'missing'>,
  table: Table,
): Reading[] | null {
  const names = target.kind === 'classification' ? [target.column] : target.columns;
  const columns = names.map((name) => findColumn(table, name)).filter((column) => column !== undefined);
  if (columns.length < names.length) return null;
  if (target.kind === 'regression') {
    return columns.map((column, c) => numericReading(column, target.formats?.[c] ?? null, missing));
  }
  return columns.map((column) =>
    categoricalReading(column, target.declared === true ? 'declared' : 'text', missing),
  );
}

/**
 * Class index of each given row.
 *
 * @throws ERR_DATA naming the first cell that is none of the classes
 */
function labelsOf(table: Table, column: Column, classes: readonly string[], rows: Uint32Array): Int32Array {
  const labelOf = labeller(classes);
  return Int32Array.from(rows, (row) => {
    const label = labelOf(column.text(row));
    if (label === undefined) throw cellError(table, row, column, `one of the classes ${listed(classes)}`);
    return label;
  });
}

/** The texts of those rows, each once. */
function textsOf(column: Column, rows: Uint32Array): Set<string> {
  const texts = new Set<string>();
  for (const row of rows) texts.add(column.text(row));
  return texts;
}

function isWhollyMissing({ column, isMissing }: Reading): boolean {
  for (let row = 0; row < column.length; row++) if (!isMissing(row)) return false;
  return true;
}

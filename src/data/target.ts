// The target: which task it is, its classes or scale, and its encoding for training and evaluation.
// Classes are those of the whole table, so that a rare class that falls to the test rows is still a class.

import { failOption, TuttiError } from '../errors.js';
import { scaleOf } from './arrays.js';
import { type Column, isMissingText } from './column.js';
import { classesOf, labeller, labelOf } from './labels.js';
import type { TargetEncoding } from './preprocessing-schema.js';
import { cellError, findColumn, listed, type Table } from './table.js';
import { kindOf, numbersOf, refuseMissing } from './typing.js';

/** Integer targets with more distinct values than this are regression targets unless stated otherwise. */
const MOST_GUESSED_CLASSES = 20;
const LABEL_HINT = 'state the task as classification if the column holds labels';

export type TaskKind = 'classification' | 'regression';

/** The task and, for printing, why: "10 distinct integers in `digit`". */
export interface TaskChoice {
  readonly kind: TaskKind;
  readonly reason: string;
}

/**
 * The task as stated, or guessed: text, or integers with at most 20 distinct values, are classes.
 *
 * @throws ERR_OPTION for several targets of a classification; ERR_DATA for a target that is no column of
 * numbers where one is needed
 */
export function chooseTask(
  table: Table,
  targets: readonly Column[],
  stated: TaskKind | null,
  categorical: readonly string[],
): TaskChoice {
  if (stated !== null && stated !== 'classification' && stated !== 'regression') {
    failOption('task', 'classification or regression', stated);
  }
  if (targets.length > 1) {
    if (stated === 'classification') failOption('target', 'one column for classification', targets.length);
    return { kind: 'regression', reason: stated ? 'as stated' : `${targets.length} targets` };
  }
  if (stated !== null) return { kind: stated, reason: 'as stated' };
  return guessTask(table, targets[0]!, categorical);
}

function guessTask(table: Table, target: Column, categorical: readonly string[]): TaskChoice {
  const name = `\`${target.name}\``;
  if (categorical.includes(target.name)) return { kind: 'classification', reason: `${name} is categorical` };
  if (kindOf(table, target, []) === 'categorical') {
    return { kind: 'classification', reason: `text in ${name}` };
  }
  const numbers = numbersOf(table, target, LABEL_HINT).filter((number) => !Number.isNaN(number));
  if (!numbers.every(Number.isInteger)) return { kind: 'regression', reason: `fractions in ${name}` };
  const apart = new Set(numbers).size;
  const distinct = apart > MOST_GUESSED_CLASSES ? apart : distinctLabels(target);
  const kind = distinct <= MOST_GUESSED_CLASSES ? 'classification' : 'regression';
  return { kind, reason: `${distinct} distinct integers in ${name}` };
}

/**
 * Fits the encoding of the target: classes of the whole table, or mean and std of the training rows.
 *
 * @param rows u32, the training rows
 * @throws ERR_DATA for missing cells, for one class only among the training rows, and for targets of a
 * regression that are not finite numbers
 */
export function fitTarget(
  table: Table,
  targets: readonly Column[],
  kind: TaskKind,
  rows: Uint32Array,
): TargetEncoding {
  refuseMissing(table, targets, 'every training row needs its target');
  if (kind === 'regression') {
    const scales = targets.map((target) => {
      const numbers = numbersOf(table, target, LABEL_HINT);
      return scaleOf(
        Float64Array.from(rows, (row) => numbers[row]!),
        target.name,
      );
    });
    const columns = targets.map((target) => target.name);
    const mean = scales.map((scale) => scale.mean);
    return { kind, columns, mean, std: scales.map((scale) => scale.std) };
  }
  const column = targets[0]!;
  const classes = classesOf(textsOf(column));
  const names = labeller(classes);
  const trained = new Set(Array.from(rows, (row) => names(column.text(row))));
  if (trained.size < 2) {
    const expected = `Expected \`${column.name}\` to hold at least two classes in the training rows`;
    const message = `${expected}, got only ${JSON.stringify(classes[[...trained][0]!])} (${table.source})`;
    throw new TuttiError('ERR_DATA', message, { file: table.source, column: column.name });
  }
  return { kind, column: column.name, classes };
}

/** A dataset's target as numbers: labels i32[rows] (classes) or f32[rows, targets], the other one empty. */
export interface EncodedTargets {
  readonly labels: Int32Array;
  readonly targets: Float32Array;
}

/**
 * Encodes the target of a table's rows; null where a target column is absent or wholly missing.
 *
 * @param rows u32, the rows to transform; null for all
 * @throws ERR_DATA naming the cell for a missing target, one that is no finite number, an unknown class
 */
export function transformTargets(
  preprocessing: { readonly target: TargetEncoding },
  table: Table,
  rows: Uint32Array | null = null,
): EncodedTargets | null {
  const { target } = preprocessing;
  const names = target.kind === 'classification' ? [target.column] : target.columns;
  const columns = names.map((name) => findColumn(table, name)).filter((column) => column !== undefined);
  if (columns.length < names.length || columns.some((column) => isWhollyMissing(table, column))) return null;
  refuseMissing(table, columns, 'every row needs its target', rows);
  const used = rows ?? Uint32Array.from({ length: table.rows }, (_, row) => row);
  if (target.kind === 'classification') {
    const labels = labelsOf(table, columns[0]!, target.classes, used);
    return { labels, targets: new Float32Array(0) };
  }
  const targets = new Float32Array(used.length * columns.length);
  columns.forEach((column, c) => {
    const numbers = numbersOf(table, column);
    used.forEach((row, i) => {
      targets[i * columns.length + c] = (numbers[row]! - target.mean[c]!) / target.std[c]!;
    });
  });
  return { labels: new Int32Array(0), targets };
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

/** The texts of a column without missing cells, each at least once. */
function textsOf(column: Column): Set<string> {
  const texts = new Set<string>();
  column.tally((text) => texts.add(text));
  return texts;
}

/** How many classes a column would make: integers too long for a double are more labels than numbers. */
function distinctLabels(column: Column): number {
  const labels = new Set<string>();
  column.tally((text) => {
    if (!isMissingText(text)) labels.add(labelOf(text));
  });
  return labels.size;
}

function isWhollyMissing(table: Table, column: Column): boolean {
  for (let row = 0; row < table.rows; row++) if (!column.isMissing(row)) return false;
  return true;
}

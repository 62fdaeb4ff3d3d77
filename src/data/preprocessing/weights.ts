// Row weights of the loss and group indices: the two columns that are neither feature nor target.

import { failOption } from '../../errors.js';
import { isPlainObject, type OptionCheck } from '../../option-names.js';
import { numbersOf, type Reading, refuseMissing } from '../columns/reading.js';
import { normaliseWeights } from '../dataset/arrays.js';
import { cleanText } from '../table/column-names.js';
import { labeller } from '../table/labels.js';
import { cellError, listed, type Table } from '../table/table.js';

/** `balanced`: n / (classes · n_c) for class c; or a weight for each class named, 1 for the others. */
export type ClassWeights = 'balanced' | Readonly<Record<string, number>>;

/** Checked against the classes where they are known. */
export const CLASS_WEIGHTS = {
  expected: 'balanced, or an object of a weight per class',
  /** The words that it may be. */
  choices: ['balanced'],
  holds: (value) => value === 'balanced' || isPlainObject(value),
} satisfies OptionCheck;

/**
 * Sample weights of a column times class weights, scaled to mean 1 over the given rows: f32[rows].
 * Null where all are equal.
 *
 * @param weight sample weights, or null for 1
 * @param labels class index of each of `rows`; `classes` their names
 * @throws ERR_DATA for a missing, negative or infinite weight, or all 0; ERR_OPTION for weights of unknown classes
 */
export function fitRowWeights(
  table: Table,
  rows: Uint32Array,
  weight: Reading | null,
  classWeights: ClassWeights | null,
  labels: Int32Array,
  classes: readonly string[] | null,
): Float32Array | null {
  if (weight === null && classWeights === null) return null;
  const weights =
    weight === null ? new Float64Array(rows.length).fill(1) : sampleWeights(table, rows, weight);
  if (classWeights !== null) {
    if (classes === null) failOption('classWeights', 'unset for regression', classWeights);
    const factors =
      classWeights === 'balanced' ? balanced(labels, classes.length) : named(classWeights, classes);
    labels.forEach((label, i) => {
      weights[i]! *= factors[label]!;
    });
  }
  return normaliseWeights(weights);
}

/**
 * Group index of each given row, i32[rows], numbered by first appearance among them.
 *
 * @throws ERR_DATA for a missing group
 */
export function groupsOf(table: Table, rows: Uint32Array, group: Reading): Int32Array {
  refuseMissing(table, [group], 'every row needs its group', rows);
  const indexOf = new Map<string, number>();
  return Int32Array.from(rows, (row) => {
    const text = group.column.text(row);
    const known = indexOf.get(text);
    if (known !== undefined) return known;
    indexOf.set(text, indexOf.size);
    return indexOf.size - 1;
  });
}

function sampleWeights(table: Table, rows: Uint32Array, weight: Reading): Float64Array {
  refuseMissing(table, [weight], 'every row needs its weight', rows);
  const numbers = numbersOf(table, weight);
  return Float64Array.from(rows, (row) => {
    if (numbers[row]! < 0) throw cellError(table, row, weight.column, 'a weight ≥ 0');
    return numbers[row]!;
  });
}

function balanced(labels: Int32Array, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const label of labels) counts[label]!++;
  return counts.map((count) => (count === 0 ? 0 : labels.length / (classes * count)));
}

/** A class is named however its label is written, once. */
function named(weights: Readonly<Record<string, number>>, classes: readonly string[]): number[] {
  const labelOf = labeller(classes);
  const all = new Array<number | null>(classes.length).fill(null);
  for (const [name, weight] of Object.entries(weights)) {
    const label = labelOf(cleanText(name));
    if (label === undefined) failOption('classWeights', `a weight per class (${listed(classes)})`, name);
    if (all[label] !== null) failOption('classWeights', `one weight for class ${classes[label]}`, weights);
    const holds = typeof weight === 'number' && weight >= 0 && Number.isFinite(weight);
    if (!holds) failOption('classWeights', `numbers ≥ 0, such as that of ${JSON.stringify(name)}`, weight);
    all[label] = weight;
  }
  return all.map((weight) => weight ?? 1);
}

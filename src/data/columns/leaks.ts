// Columns that may say the answer: copies of the target, in the same writing or another, and columns that are filled in
// only for some of its classes. They are told, never left out: only the user can know what is known beforehand.
// docs/guide/data-files.md states the rules.

import { labelOf } from '../table/labels.js';
import { hasGaps, type Reading } from './reading.js';

/** In fewer rows chance makes copies. */
const LEAST_ROWS = 20;
/** Rows for each value, on average, from which on a value that always comes with one class is no accident. */
const ROWS_PER_VALUE = 10;
/** Rows of few-valued columns: fewer on average for each value, and what looks like a copy may be an id. */
const ROWS_PER_COPY = 2;
/** Rows that are not of the most frequent class: of fewer, some column among many says by chance which they are. */
const LEAST_OTHERS = 4;
/** Rows that must be missing, and that must not be. */
const LEAST_MISSING = 5;
/** Pairs of these first rows are compared before all rows are put in order. */
const SAMPLE = 32;

/** What to say of each feature that may say the answer, by the name of its column. */
export function leakNotes(
  features: readonly Reading[],
  targets: readonly Reading[],
  rows: Uint32Array,
): ReadonlyMap<string, string> {
  const notes = new Map<string, string>();
  if (rows.length < LEAST_ROWS) return notes;
  for (const target of targets) {
    const truth = truthOf(target, rows);
    for (const feature of features) {
      const { name } = feature.column;
      const how = notes.has(name) ? null : leakOf(feature, truth, rows);
      if (how === null) continue;
      const advice = `unless it is known before \`${target.column.name}\` is, \`drop\` it`;
      notes.set(name, `\`${name}\` may say the answer: ${how}; ${advice}`);
    }
  }
  return notes;
}

/** A target in the rows that are learned from. */
interface Truth {
  readonly name: string;
  /** Of classes: a number for each, in order of appearance. Of numbers: themselves. */
  readonly values: Float64Array;
  readonly kind: Reading['kind'];
  readonly reading: Reading;
}

function truthOf(reading: Reading, rows: Uint32Array): Truth {
  const { column, kind } = reading;
  return { name: column.name, values: valuesOf(reading, rows), kind, reading };
}

/** A number for each row: itself, or that of its category; NaN where it is missing. */
function valuesOf(reading: Reading, rows: Uint32Array): Float64Array {
  if (reading.kind === 'numeric') return numbersAt(reading.numbers(), rows);
  const codes = new Map<string, number>();
  const labels = new Map<string, number>();
  return Float64Array.from(rows, (row) => {
    if (reading.isMissing(row)) return Number.NaN;
    const text = reading.column.text(row);
    let code = codes.get(text);
    if (code === undefined) {
      const label = labelOf(text);
      code = labels.get(label) ?? labels.size;
      labels.set(label, code);
      codes.set(text, code);
    }
    return code;
  });
}

/** The numbers of some rows; of all of them, which is nearly always asked for, the very ones. */
function numbersAt(numbers: Float64Array, rows: Uint32Array): Float64Array {
  if (rows.length === numbers.length) return numbers;
  const own = new Float64Array(rows.length);
  for (let at = 0; at < own.length; at++) own[at] = numbers[rows[at]!]!;
  return own;
}

/** How a feature says the answer, in words; null where nothing shows that it does. */
function leakOf(feature: Reading, truth: Truth, rows: Uint32Array): string | null {
  const values = valuesOf(feature, rows);
  if (!hasGaps(values)) return sameLeak(feature, values, truth, rows);
  const missing = truth.kind === 'categorical' ? missingLeak(values, truth, rows) : null;
  if (missing !== null) return missing;
  const known = (_: number, at: number) => !Number.isNaN(values[at]!);
  const filled = rows.filter(known);
  if (filled.length < LEAST_ROWS) return null;
  const there = { ...truth, values: truth.values.filter(known) };
  const how = sameLeak(feature, values.filter(known), there, filled);
  return how === null ? null : `where it is not missing, ${how}`;
}

/** How the values of a feature say the answer, all of which are there. @param truth in these rows */
function sameLeak(feature: Reading, values: Float64Array, truth: Truth, rows: Uint32Array): string | null {
  const pairs = pairsOf(values, truth.values);
  if (pairs !== null && !(truth.kind === 'categorical' && isLopsided(truth.values))) {
    const { own, others } = pairs;
    if (own === others && own * ROWS_PER_COPY <= rows.length) {
      if (isSame(feature, truth, rows)) return `it is \`${truth.name}\` in every row`;
      return `each of its ${own} values is one of \`${truth.name}\`, and the other way round`;
    }
    if (truth.kind === 'categorical' && own * ROWS_PER_VALUE <= rows.length) {
      return `each of its ${own} values always comes with the same \`${truth.name}\``;
    }
  }
  if (feature.kind !== 'numeric' || truth.kind !== 'numeric') return null;
  const direction = directionOf(values, truth.values);
  if (direction === null) return null;
  if (values.every((value, at) => value === truth.values[at])) return `it is \`${truth.name}\` in every row`;
  return `in every row it ${direction} exactly as \`${truth.name}\` does`;
}

/** Whether all but a few rows are of one class. @param truths numbers of classes, from 0 */
function isLopsided(truths: Float64Array): boolean {
  const counts = new Map<number, number>();
  for (const truth of truths) counts.set(truth, (counts.get(truth) ?? 0) + 1);
  return truths.length - Math.max(...counts.values()) < LEAST_OTHERS;
}

/**
 * How many different values the feature has, and the target, where each of the feature's comes with one of the target's;
 * null where some comes with two, which nearly every column shows within a few rows.
 */
function pairsOf(values: Float64Array, truths: Float64Array): { own: number; others: number } | null {
  const truthOfValue = new Map<number, number>();
  for (let at = 0; at < values.length; at++) {
    const known = truthOfValue.get(values[at]!);
    if (known === undefined) truthOfValue.set(values[at]!, truths[at]!);
    else if (known !== truths[at]) return null;
  }
  const others = new Set(truthOfValue.values()).size;
  // A column of one value says nothing, nor does one of a target of one.
  return others < 2 ? null : { own: truthOfValue.size, others };
}

function isSame(feature: Reading, { reading, values }: Truth, rows: Uint32Array): boolean {
  if (feature.kind === 'numeric' && reading.kind === 'numeric') {
    const numbers = feature.numbers();
    return rows.every((row, at) => numbers[row] === values[at]);
  }
  return rows.every((row) => labelOf(feature.column.text(row)) === labelOf(reading.column.text(row)));
}

/** A column that is missing in all rows of some classes and in none of the others. */
function missingLeak(
  values: Float64Array,
  { name, values: truths, reading }: Truth,
  rows: Uint32Array,
): string | null {
  const isMissing = new Map<number, boolean>();
  let missing = 0;
  for (let at = 0; at < values.length; at++) {
    const gone = Number.isNaN(values[at]!);
    const known = isMissing.get(truths[at]!);
    if (known === undefined) isMissing.set(truths[at]!, gone);
    else if (known !== gone) return null;
    if (gone) missing++;
  }
  if (missing < LEAST_MISSING || values.length - missing < LEAST_MISSING) return null;
  const filled = rows[values.findIndex((value) => !Number.isNaN(value))]!;
  const without = [...isMissing.values()].filter((gone) => gone).length;
  if (isMissing.size - without > 1) return `whether it is missing says which \`${name}\` cannot be`;
  return `it is filled in just where \`${name}\` is ${JSON.stringify(reading.column.text(filled))}`;
}

/** Whether the feature grows, or falls, wherever the target grows, and stays where it stays. */
function directionOf(values: Float64Array, truths: Float64Array): 'grows' | 'falls' | null {
  const few = Math.min(SAMPLE, values.length);
  let [up, down] = [true, true];
  for (let a = 0; a < few && (up || down); a++) {
    for (let b = 0; b < a; b++) {
      const own = Math.sign(values[a]! - values[b]!);
      const other = Math.sign(truths[a]! - truths[b]!);
      if (own !== other) up = false;
      if (own !== -other) down = false;
    }
  }
  if (up === down) return null;
  const sign = up ? 1 : -1;
  const order = Uint32Array.from(truths, (_, at) => at).sort((a, b) => truths[a]! - truths[b]!);
  for (let at = 1; at < order.length; at++) {
    const [a, b] = [order[at - 1]!, order[at]!];
    if (Math.sign(values[b]! - values[a]!) !== sign * Math.sign(truths[b]! - truths[a]!)) return null;
  }
  return up ? 'grows' : 'falls';
}

// Fitted feature columns: their names and widths, and from a table's cells to the numbers a network sees.
// Finds columns by name, reads each the way it was read in training and ignores the others.

import { TuttiError } from '../../errors.js';
import {
  categoricalReading,
  numbersOf,
  numericReading,
  type Reading,
  refuseMissing,
} from '../columns/reading.js';
import { categoryNames, columnWidth, featureWidth, MISSING } from '../dataset/feature-columns.js';
import type { FeatureColumn, Preprocessing } from '../dataset/preprocessing-types.js';
import type { Column } from '../table/column.js';
import { labeller } from '../table/labels.js';
import { absenceHint, cellError, findColumn, listed, type Table } from '../table/table.js';

const MOST_NUMBERS = 2 ** 30; // 4 GiB of f32, what one WebAssembly memory can address
const UNSEEN_HINT =
  'train with `unseen` ignore to let such rows pass as none of them, or with `drop` to leave the column out';

/** A missing number becomes the fitted fill, which is there whenever one may be missing. */
export function fillNumber(number: number, fill: number | null): number {
  return Number.isNaN(number) ? fill! : number;
}

/** A name for each column of x: the column's own, or `column=category`. */
export function featureNames(features: readonly FeatureColumn[]): string[] {
  return features.flatMap((feature) =>
    feature.kind === 'numeric'
      ? [feature.column, ...(feature.indicator === true ? [`${feature.column}=${MISSING}`] : [])]
      : categoryNames(feature).map((category) => `${feature.column}=${category}`),
  );
}

/** What transforming needs of a fitted preprocessing. */
export type FittedFeatures = Pick<Preprocessing, 'features' | 'unseen' | 'missing'>;

/**
 * The features of a table's rows in the user's units, missing cells filled: f64[rows, width], row-major.
 *
 * @param rows u32, the rows to transform; null for all
 * @throws ERR_DATA for an absent column, a bad or (without a fitted fill) missing cell, or an unseen category
 * under the policy 'error'; ERR_MEMORY when the result would not fit
 */
export function transformFeatures(
  preprocessing: FittedFeatures,
  table: Table,
  rows: Uint32Array | null = null,
): Float64Array {
  const { features, unseen } = preprocessing;
  const names = new Set(features.map(({ column }) => column));
  const readings = features.map((feature) => readingOf(table, feature, names, preprocessing.missing ?? []));
  const unfilled = readings
    .filter((_, f) => features[f]!.fill === null)
    .filter((reading) => reading !== null);
  refuseMissing(table, unfilled, 'the ensemble was trained without `impute`', rows);
  const width = featureWidth(features);
  const used = rows ?? Uint32Array.from({ length: table.rows }, (_, row) => row);
  const x = allocate(used.length, width);
  let at = 0;
  features.forEach((feature, f) => {
    const reading = readings[f]!;
    const place = { x, at, width };
    if (feature.kind === 'numeric') {
      if (reading === null) writeConstant(feature.mean, place);
      else writeNumeric(feature, table, reading, used, place);
    }
    if (reading !== null && feature.kind === 'categorical') {
      writeCategorical(feature, table, reading, used, place, unseen);
    }
    at += columnWidth(feature);
  });
  return x;
}

/** The column as training read it; null where its cells make no difference. @throws ERR_DATA when it is absent */
function readingOf(
  table: Table,
  feature: FeatureColumn,
  names: ReadonlySet<string>,
  words: readonly string[],
): Reading | null {
  if (feature.kind === 'numeric' && feature.constant === true) return null;
  const column = featureColumn(table, feature.column, names);
  return feature.kind === 'numeric'
    ? numericReading(column, feature.format ?? null, words)
    : categoricalReading(column, feature.declared === true ? 'declared' : 'text', words);
}

type Numeric = Extract<FeatureColumn, { kind: 'numeric' }>;
type Categorical = Extract<FeatureColumn, { kind: 'categorical' }>;

/** Where a feature goes: columns `at` and following of x, f64[rows, width]. */
interface Place {
  readonly x: Float64Array;
  readonly at: number;
  readonly width: number;
}

function writeConstant(value: number, { x, at, width }: Place): void {
  for (let i = at; i < x.length; i += width) x[i] = value;
}

function writeNumeric(
  feature: Numeric,
  table: Table,
  reading: Reading,
  rows: Uint32Array,
  place: Place,
): void {
  const { format } = reading;
  const numbers = numbersOf(
    table,
    reading,
    `this column held ${format?.kind === 'date' ? 'dates' : 'such numbers'} in training`,
  );
  for (let i = 0; i < rows.length; i++) {
    const number = numbers[rows[i]!]!;
    const filled = fillNumber(number, feature.fill);
    if (!Number.isFinite(Math.fround((filled - feature.mean) / feature.std))) {
      const expected = 'within reach of the training values in 32-bit numbers';
      throw cellError(table, rows[i]!, reading.column, expected);
    }
    place.x[i * place.width + place.at] = filled;
    if (feature.indicator === true && Number.isNaN(number)) place.x[i * place.width + place.at + 1] = 1;
  }
}

function writeCategorical(
  feature: Categorical,
  table: Table,
  reading: Reading,
  rows: Uint32Array,
  place: Place,
  unseen: Preprocessing['unseen'],
): void {
  const { column } = reading;
  const { categories, others } = feature;
  const offsetOf = labeller(categories);
  // Whatever is in no column of its own, seen or not.
  const shared = others === undefined ? undefined : categories.length;
  const absent = feature.indicator === true ? columnWidth(feature) - 1 : null;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    const text = column.text(row);
    const offset = offsetOf(text) ?? (reading.isMissing(row) ? (absent ?? offsetOf(feature.fill!)) : shared);
    if (offset !== undefined) place.x[i * place.width + place.at + offset] = 1;
    else if (feature.shares !== undefined) {
      place.x.set(feature.shares, i * place.width + place.at);
    } else if (unseen === 'error') {
      const expected = `one of the ${categories.length} categories seen in training (${listed(categories)})`;
      throw cellError(table, row, column, expected, UNSEEN_HINT);
    }
  }
}

function featureColumn(table: Table, name: string, names: ReadonlySet<string>): Column {
  const column = findColumn(table, name);
  if (column !== undefined) return column;
  const hint = absenceHint(table, name, names);
  const message = `Expected ${table.source} to have the feature column \`${name}\`, got no column of that name${hint}`;
  throw new TuttiError('ERR_DATA', message, { file: table.source, column: name });
}

function allocate(rows: number, width: number): Float64Array {
  const length = rows * width;
  const fail = (room: string): never => {
    const size = `${rows} rows × ${width} features = ${(length / 2 ** 28).toFixed(1)} GiB`;
    const message = `Expected the features to fit in ${room}, got ${size}`;
    throw new TuttiError('ERR_MEMORY', message, { rows, features: width });
  };
  if (length > MOST_NUMBERS) fail('4 GiB');
  try {
    return new Float64Array(length);
  } catch {
    return fail('what memory there is, at twice their size');
  }
}

// Feature columns: from a table's cells to the numbers a network sees, and back to nothing else.
// Fitting reads the training rows only; transforming finds columns by name and ignores the others.

import { failOption, TuttiError } from '../errors.js';
import { mean as average, median, variance } from '../math/statistics.js';
import { scaleOf } from './arrays.js';
import type { Column } from './column.js';
import type { FeatureColumn, Preprocessing } from './preprocessing-schema.js';
import { cellError, findColumn, listed, type Table } from './table.js';
import { kindOf, numbersOf, refuseMissing } from './typing.js';

/** How missing numbers are filled; missing categories become the most frequent one. */
export type Impute = 'mean' | 'median';

/**
 * What is standardised: each numeric column by itself, or all of them by one mean and one deviation, which
 * keeps the contrasts of an image.
 */
export type FeatureScaling = 'columns' | 'together';

export interface FeatureOptions {
  readonly categorical: readonly string[];
  readonly impute: Impute | null;
  readonly scaling: FeatureScaling;
}

const MOST_NUMBERS = 2 ** 30; // 4 GiB of f32, what one WebAssembly memory can address
const CATEGORY_HINT = 'list the column in `categorical` if it holds categories';
const IMPUTE_HINT = 'set `impute` to mean or median to fill them';

/**
 * Fits one feature column per given column.
 *
 * @param rows u32, the training rows: means, categories and fills come from these alone
 * @throws ERR_DATA for text in a numeric column, infinite or (without `impute`) missing cells anywhere in the
 * table, and for a column that is missing in every training row
 */
export function fitFeatures(
  table: Table,
  columns: readonly Column[],
  rows: Uint32Array,
  { categorical, impute, scaling }: FeatureOptions,
): FeatureColumn[] {
  if (scaling !== 'columns' && scaling !== 'together') failOption('scaling', 'columns or together', scaling);
  if (impute !== null && impute !== 'mean' && impute !== 'median') {
    failOption('impute', 'mean or median', impute);
  }
  const kinds = columns.map((column) => kindOf(table, column, categorical));
  if (impute === null) refuseMissing(table, columns, IMPUTE_HINT);
  const features = columns.map((column, c) =>
    kinds[c] === 'numeric'
      ? fitNumeric(table, column, rows, impute)
      : fitCategorical(table, column, rows, impute),
  );
  return scaling === 'together' ? scaledTogether(features, table, rows) : features;
}

/** One scale for all numeric columns; each has equally many numbers, so their moments average. */
function scaledTogether(
  features: readonly FeatureColumn[],
  table: Table,
  rows: Uint32Array,
): FeatureColumn[] {
  const numeric = features.filter((feature) => feature.kind === 'numeric');
  const mean = average(numeric.map((feature) => feature.mean));
  const spread = average(
    numeric.map(({ column, fill }) => {
      const numbers = numbersOf(table, findColumn(table, column)!);
      return variance(
        Float64Array.from(rows, (row) => fillNumber(numbers[row]!, fill)),
        mean,
      );
    }),
  );
  const std = spread > 0 ? Math.sqrt(spread) : 1;
  return features.map((feature) => (feature.kind === 'numeric' ? { ...feature, mean, std } : feature));
}

/** A missing number becomes the fitted fill, which is there whenever one may be missing. */
function fillNumber(number: number, fill: number | null): number {
  return Number.isNaN(number) ? fill! : number;
}

/** Columns of x that the features take: one per number, one per category. */
export function featureWidth(features: readonly FeatureColumn[]): number {
  return features.reduce((width, feature) => width + widthOf(feature), 0);
}

/** A name for each column of x: the column's own, or `column=category`. */
export function featureNames(features: readonly FeatureColumn[]): string[] {
  return features.flatMap((feature) =>
    feature.kind === 'numeric'
      ? [feature.column]
      : feature.categories.map((category) => `${feature.column}=${category}`),
  );
}

/**
 * The features of a table's rows: f32[rows, width], row-major.
 *
 * @param rows u32, the rows to transform; null for all
 * @throws ERR_DATA for an absent column, a bad or (without a fitted fill) missing cell, or an unseen category
 * under the policy 'error'; ERR_MEMORY when the result would not fit
 */
export function transformFeatures(
  preprocessing: Pick<Preprocessing, 'features' | 'unseen'>,
  table: Table,
  rows: Uint32Array | null = null,
): Float32Array {
  const { features, unseen } = preprocessing;
  const columns = features.map((feature) => featureColumn(table, feature.column));
  const unfilled = columns.filter((_, f) => features[f]!.fill === null);
  refuseMissing(table, unfilled, 'the ensemble was trained without `impute`', rows);
  const width = featureWidth(features);
  const used = rows ?? Uint32Array.from({ length: table.rows }, (_, row) => row);
  const x = allocate(used.length, width);
  let at = 0;
  features.forEach((feature, f) => {
    const place = { x, at, width };
    if (feature.kind === 'numeric') writeNumeric(feature, table, columns[f]!, used, place);
    else writeCategorical(feature, table, columns[f]!, used, place, unseen);
    at += widthOf(feature);
  });
  return x;
}

type Numeric = Extract<FeatureColumn, { kind: 'numeric' }>;
type Categorical = Extract<FeatureColumn, { kind: 'categorical' }>;

/** Where a feature goes: columns `at` and following of x, f32[rows, width]. */
interface Place {
  readonly x: Float32Array;
  readonly at: number;
  readonly width: number;
}

/** Scales are those of the column as the network sees it: after filling. */
function fitNumeric(table: Table, column: Column, rows: Uint32Array, impute: Impute | null): Numeric {
  const all = numbersOf(table, column, CATEGORY_HINT);
  const numbers = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) numbers[i] = all[rows[i]!]!;
  const present = numbers.filter((number) => !Number.isNaN(number));
  if (present.length === 0) throw nothingToFit(table, column);
  const fill = impute === null ? null : impute === 'mean' ? average(present) : median(present);
  const complete = present.length === numbers.length;
  const filled = complete ? numbers : numbers.map((number) => (Number.isNaN(number) ? fill! : number));
  return { kind: 'numeric', column: column.name, ...scaleOf(filled, column.name), fill };
}

/** Categories in code-unit order; the most frequent one (ties: the first) fills missing cells. */
function fitCategorical(table: Table, column: Column, rows: Uint32Array, impute: Impute | null): Categorical {
  const counts = new Map<string, number>();
  for (const row of rows) {
    if (column.isMissing(row)) continue;
    const text = column.text(row);
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  if (counts.size === 0) throw nothingToFit(table, column);
  const categories = [...counts.keys()].sort();
  const frequent = categories.reduce((best, text) => (counts.get(text)! > counts.get(best)! ? text : best));
  return { kind: 'categorical', column: column.name, categories, fill: impute === null ? null : frequent };
}

function writeNumeric(feature: Numeric, table: Table, column: Column, rows: Uint32Array, place: Place): void {
  const numbers = numbersOf(table, column, 'this column held numbers in training');
  for (let i = 0; i < rows.length; i++) {
    const number = numbers[rows[i]!]!;
    const filled = fillNumber(number, feature.fill);
    const scaled = Math.fround((filled - feature.mean) / feature.std);
    if (!Number.isFinite(scaled)) {
      throw cellError(table, rows[i]!, column, 'within reach of the training values in 32-bit numbers');
    }
    place.x[i * place.width + place.at] = scaled;
  }
}

function writeCategorical(
  feature: Categorical,
  table: Table,
  column: Column,
  rows: Uint32Array,
  place: Place,
  unseen: Preprocessing['unseen'],
): void {
  const offsetOf = new Map(feature.categories.map((category, offset) => [category, offset]));
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    const text = column.isMissing(row) ? feature.fill! : column.text(row);
    const offset = offsetOf.get(text);
    if (offset !== undefined) place.x[i * place.width + place.at + offset] = 1;
    else if (unseen === 'error') {
      const expected = `a category seen in training (${listed(feature.categories)})`;
      throw cellError(table, row, column, expected, 'train with `unseen` ignore to let such rows pass');
    }
  }
}

function featureColumn(table: Table, name: string): Column {
  const column = findColumn(table, name);
  if (column !== undefined) return column;
  const message = `Expected ${table.source} to have the feature column \`${name}\`, got no column of that name`;
  throw new TuttiError('ERR_DATA', message, { file: table.source, column: name });
}

function allocate(rows: number, width: number): Float32Array {
  const length = rows * width;
  if (length <= MOST_NUMBERS) return new Float32Array(length);
  const size = `${rows} rows × ${width} features = ${(length / 2 ** 28).toFixed(1)} GiB`;
  const message = `Expected the features to fit in 4 GiB, got ${size}`;
  throw new TuttiError('ERR_MEMORY', message, { rows, features: width });
}

function nothingToFit(table: Table, column: Column): TuttiError {
  const expected = `Expected \`${column.name}\` to have values in the training rows`;
  const message = `${expected}, got only missing cells (${table.source})`;
  return new TuttiError('ERR_DATA', message, { file: table.source, column: column.name });
}

function widthOf(feature: FeatureColumn): number {
  return feature.kind === 'numeric' ? 1 : feature.categories.length;
}

// Fitting feature columns: scales, categories and fills, from the training rows alone. What a column is taken for was
// judged before (judge-table.ts); how a fitted column is applied to a table is features.ts's.

import { failOption } from '../../errors.js';
import { mean as average, median, variance } from '../../math/statistics.js';
import { failChoice } from '../../option-names.js';
import { hasGaps, type Reading, refuseMissing } from '../columns/reading.js';
import { robustScaleOf, scaleOf } from '../dataset/arrays.js';
import type { FeatureScaling } from '../dataset/encoding.js';
import type { FeatureColumn, Preprocessing } from '../dataset/preprocessing-types.js';
import { quantilesOf } from '../dataset/quantile-map.js';
import { classesOf, labeller } from '../table/labels.js';
import type { Table } from '../table/table.js';
import { fillNumber } from './features.js';

/** How missing numbers are filled; missing categories become the most frequent one. */
export type Impute = 'mean' | 'median';

export interface FeatureOptions {
  readonly impute: Impute | null;
  readonly scaling: FeatureScaling;
  /** Categories of a column that get a feature each. */
  readonly maxCategories: number;
  /** Whether missing cells are a value of their own, in columns that have some. */
  readonly missingIndicators: boolean;
  /** `learned`: what is never seen is the categories that there are, each by its share. */
  readonly unseen: Preprocessing['unseen'];
}

/** How numeric columns can be scaled. */
export const SCALINGS = ['columns', 'together', 'robust', 'quantile'] as const satisfies FeatureScaling[];

const IMPUTE_HINT = 'set `impute` to mean or median to fill them';

type Numeric = Extract<FeatureColumn, { kind: 'numeric' }>;
type Categorical = Extract<FeatureColumn, { kind: 'categorical' }>;

/**
 * Fits one feature column per given reading; a column without a value in the training rows gives none.
 *
 * @param rows u32, the training rows: means, categories and fills come from these alone
 * @param used u32, the rows that will be transformed
 * @throws ERR_DATA for (without `impute`) missing cells in any used row
 */
export function fitFeatures(
  table: Table,
  readings: readonly Reading[],
  rows: Uint32Array,
  options: FeatureOptions,
  used: Uint32Array | null = null,
): FeatureColumn[] {
  const { impute, scaling, missingIndicators } = options;
  if (!SCALINGS.includes(scaling)) failChoice('scaling', SCALINGS, scaling);
  if (impute !== null && impute !== 'mean' && impute !== 'median') {
    failOption('impute', 'mean or median', impute);
  }
  if (impute === null) refuseMissing(table, readings, gapHint, used);
  const fitted = readings.map((reading) => ({
    reading,
    feature:
      reading.kind === 'numeric'
        ? fitNumeric(reading, rows, impute, scaling, missingIndicators)
        : fitCategorical(reading, rows, impute, options),
  }));
  const numeric = fitted.filter(({ feature }) => feature?.kind === 'numeric') as FittedNumber[];
  const scale = scaling === 'together' && numeric.length > 0 ? commonScale(numeric, rows) : {};
  return fitted.flatMap(({ feature }) =>
    feature === null ? [] : [feature.kind === 'numeric' ? { ...feature, ...scale } : feature],
  );
}

interface FittedNumber {
  readonly reading: Reading;
  readonly feature: Numeric;
}

/** One scale for all numeric columns; each has equally many numbers, so their moments average. */
function commonScale(fitted: readonly FittedNumber[], rows: Uint32Array): { mean: number; std: number } {
  const mean = average(fitted.map(({ feature }) => feature.mean));
  const spread = average(
    fitted.map(({ reading, feature: { fill } }) => {
      const numbers = reading.numbers();
      const filled = new Float64Array(rows.length);
      for (let i = 0; i < rows.length; i++) filled[i] = fillNumber(numbers[rows[i]!]!, fill);
      return variance(filled, mean);
    }),
  );
  return { mean, std: spread > 0 ? Math.sqrt(spread) : 1 };
}

/** Scales are those of the column as the network sees it: after filling. */
function fitNumeric(
  reading: Reading,
  rows: Uint32Array,
  impute: Impute | null,
  scaling: FeatureScaling,
  indicators: boolean,
): Numeric | null {
  const all = reading.numbers();
  const numbers = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) numbers[i] = all[rows[i]!]!;
  const present = hasGaps(numbers) ? numbers.filter((number) => !Number.isNaN(number)) : numbers;
  if (present.length === 0) return null;
  const { name } = reading.column;
  const fill = impute === null ? null : impute === 'mean' ? average(present) : median(present);
  const filled =
    present.length === numbers.length ? numbers : numbers.map((number) => fillNumber(number, fill));
  const indicator = indicators && present.length < numbers.length;
  // Nothing is learned of one value, but whether it is there.
  const constant = !indicator && scaling !== 'together' && present.every((number) => number === present[0]);
  const scale = scaling === 'robust' ? robustScaleOf(filled, name) : scaleOf(filled, name);
  return {
    ...{ kind: 'numeric', column: name, ...scale, fill },
    ...(scaling === 'quantile' && !constant ? { quantiles: quantilesOf(filled) } : {}),
    ...(indicator ? { indicator: true as const } : {}),
    ...(reading.format === null ? {} : { format: reading.format }),
    ...(constant ? { constant } : {}),
  };
}

/**
 * Categories in code-unit order, 1 and 1.0 as one; the most frequent one (ties: the first) fills missing cells. Of more than
 * `most`, those of the most rows are kept (ties: those that come first), and how many others there are.
 */
function fitCategorical(
  reading: Reading,
  rows: Uint32Array,
  impute: Impute | null,
  { maxCategories: most, missingIndicators, unseen }: FeatureOptions,
): Categorical | null {
  const { column, declared } = reading;
  const cells = new Map<string, number>();
  let missing = false;
  for (const row of rows) {
    const text = column.text(row);
    const count = cells.get(text);
    if (count !== undefined) cells.set(text, count + 1);
    else if (!reading.isMissing(row)) cells.set(text, 1);
    else missing = true;
  }
  if (cells.size === 0) return null;
  const all = classesOf(cells.keys()).sort();
  const { counts, places } = countsOf(all, cells);
  const kept = all.length <= most ? all.map((_, at) => at) : mostFrequent(counts, places, most);
  const categories = kept.map((at) => all[at]!);
  const grouped = all.length - kept.length;
  const fullest = kept.reduce((best, at) => (counts[at]! > counts[best]! ? at : best));
  const fill = impute === null ? null : all[fullest]!;
  return {
    ...{ kind: 'categorical', column: column.name, categories, fill },
    ...(grouped === 0 ? {} : { others: grouped }),
    ...(unseen === 'learned' && grouped === 0 ? { shares: sharesOf(counts) } : {}),
    ...(missingIndicators && missing ? { indicator: true as const } : {}),
    ...(declared ? { declared } : {}),
  };
}

/** Cells of each category, and which of them comes first, second … in the rows. */
function countsOf(
  categories: readonly string[],
  cells: ReadonlyMap<string, number>,
): { counts: Float64Array; places: Float64Array } {
  const indexOf = labeller(categories);
  const counts = new Float64Array(categories.length);
  const places = new Float64Array(categories.length).fill(Number.POSITIVE_INFINITY);
  let place = 0;
  for (const [text, count] of cells) {
    const at = indexOf(text)!;
    counts[at]! += count;
    places[at] = Math.min(places[at]!, place++);
  }
  return { counts, places };
}

/** Of the cells of the categories that there are, the share of each. */
function sharesOf(counts: Float64Array): number[] {
  const sum = counts.reduce((all, count) => all + count, 0);
  return Array.from(counts, (count) => count / sum);
}

/** The places of the categories with the most cells, ascending. */
function mostFrequent(counts: Float64Array, places: Float64Array, most: number): number[] {
  const ranked = Array.from(counts, (_, at) => at);
  ranked.sort((a, b) => counts[b]! - counts[a]! || places[a]! - places[b]!);
  return ranked.slice(0, most).sort((a, b) => a - b);
}

/** NA in a column of words is missing unless the user says that it is a category. */
function gapHint({ column, kind, declared }: Reading, row: number): string {
  const text = column.text(row);
  if (kind === 'numeric' || declared || text === '') return IMPUTE_HINT;
  return `${IMPUTE_HINT}, or list the column in \`categorical\` if ${JSON.stringify(text)} is a category`;
}

// Confidence intervals of v, c and ρ by resampling rows. Rows are the unit because a row's errors are
// shared by all members: resampling (row, member) cells would make the intervals far too narrow.

import { RandomStream, shuffleInPlace, streamKey } from '../math/random.js';
import { quantileOfSorted } from '../math/statistics.js';
import { type OptionTable, option } from '../option-names.js';
import { averagedError, ofTotals } from './formulas.js';
import { ROW_FIELDS, type RowStore, toTotals } from './row-sums.js';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

export interface IntervalOptions {
  /** Bootstrap replicates; 0 for no intervals. @default 1000 */
  readonly replicates?: number;
  /** Share of replicates inside, in (0, 1). @default 0.95 */
  readonly level?: number;
  /** Seed of the keyed stream. @default 0 */
  readonly seed?: number;
}

/** What the options must be; see src/option-names.ts. */
export const INTERVAL_OPTIONS = {
  replicates: option.integer(0),
  level: option.number('a number above 0 and below 1', (level) => level > 0 && level < 1),
  seed: option.seed,
} satisfies OptionTable<IntervalOptions>;

/** Percentile intervals; null where the figure itself is. */
export interface Intervals {
  readonly level: number;
  readonly replicates: number;
  readonly v: Interval | null;
  readonly c: Interval | null;
  readonly rho: Interval | null;
  readonly vMinusC: Interval | null;
  /** Of the unweighted mean's squared error on these rows. */
  readonly measured: Interval | null;
  /** Of v/k + (k − 1) c/k for all k members. */
  readonly estimate: Interval | null;
}

/**
 * Above this many rows, rows are dealt at random into this many groups, and groups are resampled: the
 * widths then vary by 1/√(2 · 1024) = 2 %, less than a thousand replicates' own 3 %, at a cost free of n.
 */
const MOST_UNITS = 1024;

/**
 * Percentile bootstrap over rows; null without replicates or with fewer than two rows.
 * Rows are taken as independent: for grouped data the intervals are too narrow.
 *
 * **Source:** Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapter 13.
 */
export function bootstrapIntervals(
  store: RowStore,
  members: number,
  options: Required<IntervalOptions>,
): Intervals | null {
  const { replicates, level, seed } = options;
  if (replicates === 0 || store.rows < 2) return null;
  const samples = drawReplicates(unitsOf(store, seed), members, replicates, seed);
  const interval = (values: readonly number[]): Interval | null => {
    if (values.length === 0) return null;
    const sorted = Float64Array.from(values).sort();
    return {
      low: quantileOfSorted(sorted, (1 - level) / 2),
      high: quantileOfSorted(sorted, (1 + level) / 2),
    };
  };
  return {
    level,
    replicates,
    v: interval(samples.v),
    c: interval(samples.c),
    rho: interval(samples.rho),
    vMinusC: interval(samples.vMinusC),
    measured: interval(samples.measured),
    estimate: interval(samples.estimate),
  };
}

type Samples = Record<'v' | 'c' | 'rho' | 'vMinusC' | 'measured' | 'estimate', number[]>;

function drawReplicates(units: Float64Array, members: number, replicates: number, seed: number): Samples {
  const stream = new RandomStream(streamKey(seed, 'bootstrapInterval'));
  const count = units.length / ROW_FIELDS;
  const sums = new Float64Array(ROW_FIELDS);
  const samples: Samples = { v: [], c: [], rho: [], vMinusC: [], measured: [], estimate: [] };
  for (let replicate = 0; replicate < replicates; replicate++) {
    sumOfDraws(units, count, stream, sums);
    const totals = toTotals(sums);
    const { v, c, rho } = ofTotals(totals);
    samples.v.push(v);
    samples.measured.push(totals.ensemble / totals.rows);
    if (c !== null) {
      samples.c.push(c);
      samples.vMinusC.push(v - c);
    }
    if (rho !== null) samples.rho.push(rho);
    const estimate = averagedError(v, c, members);
    if (estimate !== null) samples.estimate.push(estimate);
  }
  return samples;
}

/** Sums `count` units drawn with replacement. */
function sumOfDraws(units: Float64Array, count: number, stream: RandomStream, sums: Float64Array): void {
  let squares = 0;
  let products = 0;
  let members = 0;
  let pairs = 0;
  let ensemble = 0;
  let rows = 0;
  for (let draw = 0; draw < count; draw++) {
    const at = stream.below(count) * ROW_FIELDS;
    squares += units[at]!;
    products += units[at + 1]!;
    members += units[at + 2]!;
    pairs += units[at + 3]!;
    ensemble += units[at + 4]!;
    rows += units[at + 5]!;
  }
  sums.set([squares, products, members, pairs, ensemble, rows]);
}

/** The resampled units, f64[units, 6]: rows, or sums over random groups of rows when there are many. */
function unitsOf(store: RowStore, seed: number): Float64Array {
  const values = store.values();
  if (store.rows <= MOST_UNITS) return values;
  const order = Uint32Array.from({ length: store.rows }, (_, row) => row);
  // Dealt at random: rows sorted by class would otherwise make groups more alike than chance.
  shuffleInPlace(order, new RandomStream(streamKey(seed, 'bootstrapInterval', 0, 1)));
  const units = new Float64Array(MOST_UNITS * ROW_FIELDS);
  for (let position = 0; position < store.rows; position++) {
    const from = order[position]! * ROW_FIELDS;
    const to = (position % MOST_UNITS) * ROW_FIELDS;
    for (let field = 0; field < ROW_FIELDS; field++) units[to + field]! += values[from + field]!;
  }
  return units;
}

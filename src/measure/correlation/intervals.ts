// Confidence intervals of v, c and ρ by resampling rows: the studentised bootstrap, with the standard errors of
// standard-errors.ts. Rows are the unit because a row's errors are shared by all members: resampling
// (row, member) cells would make the intervals far too narrow.

import { RandomStream, shuffleInPlace, streamKey } from '../../math/random.js';
import { quantileOfSorted } from '../../math/statistics.js';
import { described, type OptionTable, type OptionUses, option } from '../../option-names.js';
import { eachDraw } from './draws.js';
import { ROW_FIELDS, type RowStore } from './row-sums.js';
import {
  type Estimates,
  estimatesOf,
  FIGURES,
  type FigureName,
  type Units,
  unitsOf,
} from './standard-errors.js';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

export interface IntervalOptions {
  /** Bootstrap replicates; 0 for no intervals. @default 1000 */
  readonly replicates?: number;
  /** How often the interval holds the true figure, in (0, 1). @default 0.95 */
  readonly level?: number;
  /** Seed of the keyed stream. @default 0 */
  readonly seed?: number;
}

/** What the options must be; see src/option-names.ts. */
export const INTERVAL_OPTIONS = {
  replicates: described(option.integer(0), {
    kind: 'number',
    says: 'bootstrap replicates for intervals, 0 for none',
    default: 1000,
  }),
  level: described(
    option.number('a number > 0 and < 1', (level) => level > 0 && level < 1),
    { kind: 'number', says: 'how often intervals hold the true figure', default: 0.95 },
  ),
  seed: option.seed,
} satisfies OptionTable<IntervalOptions>;

const OF_REPLICATES = {
  says: '`replicates` is above 0',
  holds: ({ replicates }: IntervalOptions) => replicates !== 0,
};

/** When these options have an effect. */
export const INTERVAL_USES = {
  level: OF_REPLICATES,
  seed: OF_REPLICATES,
} satisfies OptionUses<IntervalOptions>;

/** Studentised intervals; null where the figure itself is. */
export interface Intervals extends Readonly<Record<FigureName, Interval | null>> {
  readonly level: number;
  readonly replicates: number;
  /** Of the unweighted mean's squared error on these rows. */
  readonly measured: Interval | null;
  /** Of v/k + (k − 1) c/k for all k members. */
  readonly estimate: Interval | null;
  /**
   * Figures whose interval is of the replicates' percentiles instead: their standard error is 0, or is in so many
   * replicates that an end would be infinite. That is so where but a few rows have errors, and the intervals are
   * then too narrow.
   */
  readonly percentile: readonly FigureName[];
}

/**
 * Above this many rows, rows are dealt at random into this many groups, and groups are resampled: the
 * widths then vary by 1/√(2 · 1024) = 2 %, less than a thousand replicates' own 3 %, at a cost free of n.
 */
export const MOST_UNITS = 1024;

/**
 * Studentised (bootstrap-t) intervals over rows; null without replicates or with fewer than two rows.
 * [θ − t₁ s, θ − t₀ s] with s the standard error of θ and t the quantiles of (θ* − θ)/s* over the replicates. Skewed
 * errors (rare classes, heavy tails) make t skewed too, which percentiles of θ* alone would turn the wrong way
 * round. Rows are taken as independent: for grouped data the intervals are too narrow.
 *
 * **Source:** Efron and Tibshirani 1993, An Introduction to the Bootstrap, section 12.5; Hall 1988, Theoretical
 * comparison of bootstrap confidence intervals.
 */
export function bootstrapIntervals(
  store: RowStore,
  members: number,
  outOfBag: boolean,
  options: Required<IntervalOptions>,
): Intervals | null {
  const { replicates, level, seed } = options;
  if (replicates === 0 || store.rows < 2) return null;
  const units = unitsOf(dealt(store, seed), members);
  const sample = estimatesOf(units, null);
  const draws = drawReplicates(units, replicates, seed);
  const percentile: FigureName[] = [];
  const entries = FIGURES.map((name): [FigureName, Interval | null] => {
    const figure = sample.figures[name];
    if (figure === null) return [name, null];
    const studentised = studentisedInterval(name, figure, sample, draws, level);
    if (studentised === null) percentile.push(name);
    const interval = studentised ?? percentileInterval(name, draws, level);
    return [
      name,
      interval === null ? null : withinPossible(interval, figure, LIMITS[name](members, outOfBag)),
    ];
  });
  return {
    level,
    replicates,
    ...(Object.fromEntries(entries) as Record<FigureName, Interval | null>),
    percentile,
  };
}

/** Null when the standard error is 0, or when an end would be infinite. */
function studentisedInterval(
  name: FigureName,
  figure: number,
  { standardErrors }: Estimates,
  draws: readonly Estimates[],
  level: number,
): Interval | null {
  const error = standardErrors[name];
  if (error === null || error === 0) return null;
  const scores: number[] = [];
  for (const draw of draws) {
    const own = draw.figures[name];
    // Dividing by a standard error of 0 gives the infinite score that it deserves.
    if (own !== null) scores.push(own === figure ? 0 : (own - figure) / draw.standardErrors[name]!);
  }
  if (scores.length === 0) return null;
  const sorted = Float64Array.from(scores).sort();
  const low = figure - error * quantileOfSorted(sorted, (1 + level) / 2);
  const high = figure - error * quantileOfSorted(sorted, (1 - level) / 2);
  return Number.isFinite(low) && Number.isFinite(high) ? { low, high } : null;
}

function percentileInterval(name: FigureName, draws: readonly Estimates[], level: number): Interval | null {
  const values = draws.flatMap(({ figures }) => figures[name] ?? []);
  if (values.length === 0) return null;
  const sorted = Float64Array.from(values).sort();
  return {
    low: quantileOfSorted(sorted, (1 - level) / 2),
    high: quantileOfSorted(sorted, (1 + level) / 2),
  };
}

type Limits = (members: number, outOfBag: boolean) => readonly [low: number, high: number];

const INFINITE = Number.POSITIVE_INFINITY;

/** Between what the true figure lies. c ≤ v over the same rows, as averaging never hurts; out of bag they differ. */
const LIMITS: Readonly<Record<FigureName, Limits>> = {
  v: () => [0, INFINITE],
  c: () => [-INFINITE, INFINITE],
  rho: (members) => [-1 / (members - 1), 1],
  vMinusC: (_, outOfBag) => [outOfBag ? -INFINITE : 0, INFINITE],
  measured: () => [0, INFINITE],
  estimate: () => [0, INFINITE],
};

/** The part of an interval where the true figure can be, and the figure itself. */
function withinPossible(
  { low, high }: Interval,
  figure: number,
  [least, most]: readonly [number, number],
): Interval {
  const inside = (end: number) => Math.min(Math.max(end, Math.min(least, figure)), Math.max(most, figure));
  return { low: Math.min(inside(low), most), high: Math.max(inside(high), least) };
}

function drawReplicates(units: Units, replicates: number, seed: number): Estimates[] {
  const drawn: Estimates[] = [];
  eachDraw(units.count, replicates, seed, (picked) => {
    drawn.push(estimatesOf(units, picked));
  });
  return drawn;
}

/** The resampled units, f64[units, 6]: rows, or sums over random groups of rows when there are many. */
function dealt(store: RowStore, seed: number): Float64Array {
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

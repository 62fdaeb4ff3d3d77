// Seeded splits of rows in two: training and test, or training and validation for early stopping.
// Classes keep their proportions, groups stay whole. Works on row numbers alone and copies no data.

import { TuttiError } from '../errors.js';
import { RandomStream, shuffleInPlace, streamKey } from '../math/random.js';
import { checkOptions, type OptionTable, option } from '../option-names.js';
import { rowsByKey } from './deal.js';
import { splitLatest } from './time-order.js';

export interface SplitOptions {
  /** Rows 0 … rows − 1 are split. */
  readonly rows: number;
  /** Share of the rows to take out, in (0, 1). */
  readonly share: number;
  readonly seed: number;
  /** The random stream. @default 'split' */
  readonly purpose?: 'split' | 'validation';
  /** Class index of each row: the share is taken of each class. Empty or absent: of all rows at once. */
  readonly labels?: Int32Array;
  /** Group index of each row: no group is divided. Groups go before classes when both are given. */
  readonly groups?: Int32Array | null;
  /** Rank of each row's time: the latest rows are taken out. Times go before all else. */
  readonly times?: Int32Array | null;
  /** With `times`: rows before those taken out that are on neither side. @default 0 */
  readonly timeGap?: number;
}

const SPLIT_OPTIONS = {
  rows: option.required(option.integer(0)),
  share: option.required(option.number('a number > 0 and < 1', (share) => share > 0 && share < 1)),
  seed: option.required(option.seed),
  purpose: option.oneOf('split', 'validation'),
  labels: option.numbers,
  groups: option.orNull(option.numbers),
  times: option.orNull(option.numbers),
  timeGap: option.integer(0),
} satisfies OptionTable<SplitOptions>;

/** Two disjoint sets of row numbers, each ascending, together all rows but those of a gap in time. */
export interface RowSplit {
  readonly train: Uint32Array;
  /** The rows taken out. */
  readonly test: Uint32Array;
}

/**
 * Takes round(share · rows) rows out, at least 1, leaving at least 1.
 *
 * By class, each gives ⌊share · n_c⌋ rows and the classes with the largest remainders one more (ties: the
 * lower class), but never its last row. By group, whole groups are taken in random order as long as each
 * brings the count nearer to the share, so the count is met only as nearly as group sizes allow.
 *
 * By time, the latest rows, so that no row of the time of one of them, nor of the gap before them, is trained on.
 *
 * @throws ERR_OPTION for a share outside (0, 1); ERR_DATA for fewer than two rows or groups, and where no class can
 * give a row to a test share
 */
export function splitRows(options: SplitOptions): RowSplit {
  checkOptions('splitRows', options, SPLIT_OPTIONS);
  const { rows, share, labels, groups } = options;
  if (rows < 2) throw new TuttiError('ERR_DATA', `Expected at least 2 rows to split, got ${rows}`);
  const all = Uint32Array.from({ length: rows }, (_, row) => row);
  const target = Math.min(rows - 1, Math.max(1, Math.round(share * rows)));
  if (options.times) return splitLatest({ times: options.times, timeGap: options.timeGap ?? 0 }, target);
  const stream = new RandomStream(streamKey(options.seed, options.purpose ?? 'split'));
  const taken = new Uint8Array(rows);
  if (groups) takeGroups(rowsByKey(groups, all), target, stream, taken);
  else if (labels !== undefined && labels.length > 0) {
    takeFromClasses(rowsByKey(labels, all), share, target, stream, taken);
  } else takeFirst(all, target, stream, taken);
  if (options.purpose !== 'validation' && !taken.includes(1)) throw nothingTaken(rows, share);
  return { train: all.filter((row) => taken[row] === 0), test: all.filter((row) => taken[row] === 1) };
}

function nothingTaken(rows: number, share: number): TuttiError {
  const got = `none of ${rows} rows at a share of ${share}, as every class keeps its last row`;
  return new TuttiError('ERR_DATA', `Expected a split to take out at least one row, got ${got}`, { rows });
}

function takeFirst(rows: Uint32Array, count: number, stream: RandomStream, taken: Uint8Array): void {
  const order = Uint32Array.from(rows);
  shuffleInPlace(order, stream);
  for (const row of order.subarray(0, count)) taken[row] = 1;
}

function takeFromClasses(
  classes: readonly Uint32Array[],
  share: number,
  target: number,
  stream: RandomStream,
  taken: Uint8Array,
): void {
  const counts = classes.map((rows) => Math.floor(share * rows.length));
  const remainder = (c: number): number => share * classes[c]!.length - counts[c]!;
  const byRemainder = classes.map((_, c) => c).sort((a, b) => remainder(b) - remainder(a) || a - b);
  let missing = target - counts.reduce((total, count) => total + count, 0);
  for (const c of byRemainder) {
    if (missing <= 0) break;
    if (counts[c]! >= classes[c]!.length - 1) continue;
    counts[c]!++;
    missing--;
  }
  classes.forEach((rows, c) => {
    takeFirst(rows, counts[c]!, stream, taken);
  });
}

function takeGroups(
  groups: readonly Uint32Array[],
  target: number,
  stream: RandomStream,
  taken: Uint8Array,
): void {
  if (groups.length < 2) {
    throw new TuttiError('ERR_DATA', `Expected at least 2 groups to split, got ${groups.length}`);
  }
  const order = groups.map((_, g) => g);
  shuffleInPlace(order, stream);
  const chosen: number[] = [];
  let count = 0;
  for (const g of order) {
    const size = groups[g]!.length;
    if (chosen.length === groups.length - 1 || Math.abs(count + size - target) >= Math.abs(count - target)) {
      continue;
    }
    chosen.push(g);
    count += size;
  }
  // Every group may be larger than twice the target: then the smallest is nearest to it.
  if (chosen.length === 0) chosen.push(smallest(groups, order));
  for (const g of chosen) for (const row of groups[g]!) taken[row] = 1;
}

function smallest(groups: readonly Uint32Array[], order: readonly number[]): number {
  return order.reduce((best, g) => (groups[g]!.length < groups[best]!.length ? g : best));
}

// Each member's share in an average: validated, normalised weights, and where a mask leaves members out
// of some rows, renormalised within each row. The one weighted sum all aggregators are made of.

import type { Values } from '../../data/dataset/dataset.js';
import { failOption, TuttiError } from '../../errors.js';

/** Normalised weights; `perRow` replaces `perMember` where a mask says who counts. */
export interface Shares {
  /** f64[k], Σ = 1. */
  readonly perMember: Float64Array;
  /** f64[k, rows], Σ over members = 1 in each row, NaN in rows no member counts for; null without a mask. */
  readonly perRow: Float64Array | null;
  readonly rows: number;
}

/** A run of rows that is combined at once, so that sums stay in the cache. */
export interface Run {
  readonly start: number;
  readonly rows: number;
}

/** Rows per run: 256 rows of ten classes in double precision are 20 KB, within a first-level cache. */
const RUN_ROWS = 256;

/** Splits rows into consecutive runs. */
export function* runsOf(rows: number): Generator<Run> {
  for (let start = 0; start < rows; start += RUN_ROWS) {
    yield { start, rows: Math.min(RUN_ROWS, rows - start) };
  }
}

/**
 * Weights as shares of one; equal when `weights` is null.
 * @throws ERR_OPTION when they are not k finite numbers ≥ 0 with a positive sum.
 */
export function normaliseWeights(weights: readonly number[] | null, members: number): Float64Array {
  if (weights === null) return new Float64Array(members).fill(1 / members);
  if (weights.length !== members) failOption('weights', `${members} numbers, one per member`, weights);
  let total = 0;
  for (const weight of weights) {
    if (typeof weight !== 'number' || !Number.isFinite(weight) || weight < 0) {
      failOption('weights', 'finite numbers ≥ 0', weight);
    }
    total += weight;
  }
  if (!(total > 0) || !Number.isFinite(total))
    failOption('weights', 'numbers with a positive, finite sum', weights);
  return Float64Array.from(weights, (weight) => weight / total);
}

/**
 * Shares of k members in n rows. `mask`: u8[k, rows], 1 where a member counts.
 * @throws ERR_OPTION for bad weights, ERR_SHAPE for a mask of another size.
 */
export function resolveShares(
  weights: readonly number[] | null,
  members: number,
  rows: number,
  mask: Uint8Array | null,
): Shares {
  const perMember = normaliseWeights(weights, members);
  if (mask === null) return { perMember, perRow: null, rows };
  if (mask.length !== members * rows) {
    throw new TuttiError(
      'ERR_SHAPE',
      `Expected a mask of ${members} members × ${rows} rows, got ${mask.length} entries`,
    );
  }
  const totals = new Float64Array(rows);
  for (let member = 0; member < members; member++) {
    for (let row = 0; row < rows; row++) {
      if (mask[member * rows + row] !== 0) totals[row]! += perMember[member]!;
    }
  }
  const perRow = new Float64Array(members * rows);
  for (let member = 0; member < members; member++) {
    for (let row = 0; row < rows; row++) {
      const share = mask[member * rows + row] !== 0 ? perMember[member]! : 0;
      perRow[member * rows + row] = share / totals[row]!; // 0/0 is NaN, which marks rows without members
    }
  }
  return { perMember, perRow, rows };
}

/** A member's share in a row. */
export function shareAt(shares: Shares, member: number, row: number): number {
  return shares.perRow === null ? shares.perMember[member]! : shares.perRow[member * shares.rows + row]!;
}

/**
 * sum[run.rows, columns] += share × values[from + …] for one member; rows it has no share in are not
 * read, since a masked-out prediction may be anything.
 */
export function addShare(
  sum: Float64Array,
  values: Values,
  from: number,
  columns: number,
  shares: Shares,
  member: number,
  run: Run,
): void {
  if (shares.perRow === null) {
    const share = shares.perMember[member]!;
    if (share === 0) return;
    const length = run.rows * columns;
    for (let at = 0; at < length; at++) sum[at]! += share * values[from + at]!;
    return;
  }
  for (let row = 0; row < run.rows; row++) {
    const share = shares.perRow[member * shares.rows + run.start + row]!;
    if (share === 0) continue;
    const end = (row + 1) * columns;
    for (let at = row * columns; at < end; at++) sum[at]! += share * values[from + at]!;
  }
}

/** Doubles a run needs: the longest run × outputs. */
export function maxRunLength(rows: number, outputs: number): number {
  let longest = 0;
  for (const run of runsOf(rows)) longest = Math.max(longest, run.rows);
  return longest * outputs;
}

/** Puts a run's sums into the result, which rounds them where it is in single precision. */
export function store(into: Values, sum: Float64Array, run: Run, outputs: number): void {
  into.set(sum.subarray(0, run.rows * outputs), run.start * outputs);
}

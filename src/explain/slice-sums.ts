// Means of losses over the rows of slices and over all other rows, with what it takes to tell them apart.

import { studentQuantile, upperStudent } from '../math/student.js';

/** Sums over rows: their number, weights w, w², w·loss, w²·loss, w²·loss², with the loss about the median of all rows. */
export interface SliceSums {
  readonly rows: number;
  readonly weight: number;
  readonly squares: number;
  readonly loss: number;
  readonly squaresLoss: number;
  readonly squaresLosses: number;
}

const FIELDS = ['rows', 'weight', 'squares', 'loss', 'squaresLoss', 'squaresLosses'] as const;

/** The sums of each slice. @param losses about their median over all rows. */
export function sliceSums(
  codes: Int32Array,
  slices: number,
  losses: Float64Array,
  weights: Float32Array | null,
): SliceSums[] {
  const sums = Array.from({ length: slices }, () => new Float64Array(FIELDS.length));
  for (let row = 0; row < codes.length; row++) {
    const own = sums[codes[row]!];
    const weight = weights?.[row] ?? 1;
    if (own === undefined || weight === 0) continue;
    const loss = losses[row]!;
    own[0]! += 1;
    own[1]! += weight;
    own[2]! += weight * weight;
    own[3]! += weight * loss;
    own[4]! += weight * weight * loss;
    own[5]! += weight * weight * loss * loss;
  }
  return sums.map(sumsOf);
}

function sumsOf(values: Float64Array): SliceSums {
  const [rows, weight, squares, loss, squaresLoss, squaresLosses] = values;
  return {
    ...{ rows: rows!, weight: weight!, squares: squares! },
    ...{ loss: loss!, squaresLoss: squaresLoss!, squaresLosses: squaresLosses! },
  };
}

/** Sums of a slice, and of all rows that are not in it. */
export interface PartAndRest {
  readonly part: SliceSums;
  readonly rest: SliceSums;
}

/**
 * The sums of each slice and of all other rows. The others' are added up and not what a slice leaves of all, which a few
 * huge losses in it would hide.
 */
export function partsAndRests(
  codes: Int32Array,
  slices: number,
  losses: Float64Array,
  weights: Float32Array | null,
): PartAndRest[] {
  // Rows of no slice are behind them all.
  const within = codes.map((code) => (code < 0 ? slices : code));
  const parts = sliceSums(within, slices + 1, losses, weights);
  const after = parts.slice();
  after[slices] = NOTHING;
  for (let at = slices; at-- > 0; ) after[at] = plus(after[at + 1]!, parts[at + 1]!);
  let before = NOTHING;
  return parts.slice(0, slices).map((part, at) => {
    const rest = plus(before, after[at]!);
    before = plus(before, part);
    return { part, rest };
  });
}

const NOTHING = sumsOf(new Float64Array(FIELDS.length));

function plus(one: SliceSums, other: SliceSums): SliceSums {
  return sumsOf(Float64Array.from(FIELDS, (field) => one[field] + other[field]));
}

/** The mean of some rows, the variance of that mean, and how many rows of equal weight would say as much. */
export interface SliceMean {
  readonly mean: number;
  readonly variance: number;
  readonly count: number;
}

/** Null of fewer than two rows, or where one row has all the weight. */
export function meanOf({ weight, squares, loss, squaresLoss, squaresLosses }: SliceSums): SliceMean | null {
  const count = weight ** 2 / squares;
  if (!(count > 1 + 1e-9)) return null;
  const mean = loss / weight;
  const spread = Math.max(0, squaresLosses - 2 * mean * squaresLoss + mean * mean * squares);
  return { mean, variance: ((spread / weight ** 2) * count) / (count - 1), count };
}

/**
 * The probability that a mean is above another one by so much by chance, where both are the same: one-sided, by Welch's t.
 *
 * **Source:** Welch, "The generalization of Student's problem when several different population variances are involved",
 * Biometrika 1947. Rows of unequal weight count as many as would say as much.
 */
export function chanceAbove(part: SliceMean, rest: SliceMean): number {
  const variance = part.variance + rest.variance;
  const difference = part.mean - rest.mean;
  if (variance === 0) return difference > 0 ? 0 : 1;
  const freedom =
    variance ** 2 / (part.variance ** 2 / (part.count - 1) + rest.variance ** 2 / (rest.count - 1));
  return upperStudent(difference / Math.sqrt(variance), Math.max(1, freedom));
}

/** Half of the interval of a mean by Student's t. */
export function marginOf({ variance, count }: SliceMean, level: number): number {
  return studentQuantile((1 - level) / 2, Math.max(1, count - 1)) * Math.sqrt(variance);
}

/**
 * Chances as they are when so many were looked at: of any at all being so small. In their order, at most 1.
 *
 * **Source:** Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 1979.
 */
export function holm(chances: readonly number[]): number[] {
  const order = [...chances.keys()].sort((a, b) => chances[a]! - chances[b]! || a - b);
  const adjusted = new Array<number>(chances.length);
  let most = 0;
  order.forEach((at, rank) => {
    most = Math.max(most, Math.min(1, (chances.length - rank) * chances[at]!));
    adjusted[at] = most;
  });
  return adjusted;
}

// The rows that an ensemble finds hardest: those it is most wrong about, and those its members disagree on most.

import { checkOptions, type OptionTable, option } from '../option-names.js';
import { COMBINE_OPTIONS } from '../predictions/aggregate/aggregate.js';
import { uncertaintyOf } from '../predictions/aggregate/uncertainty.js';
import type { KnownRows } from '../predictions/known-rows.js';
import { rowLosses, targetDeviations } from './row-losses.js';

export interface HardRowsOptions {
  /** Rows of each list at most. @default 20 */
  readonly most?: number;
  /** Averaging weights of the members, ≥ 0: they disagree as they are averaged. @default equal */
  readonly weights?: readonly number[] | null;
}

const HARD_ROWS_OPTIONS = {
  most: option.integer(1),
  weights: COMBINE_OPTIONS.weights,
} satisfies OptionTable<HardRowsOptions>;

/** A row that stands out. */
export interface NotedRow {
  /** Its place in the dataset. */
  readonly row: number;
  /** Its place among the known rows. */
  readonly at: number;
  /** What is known of it: the class, or the values of the targets. */
  readonly truth: string | readonly number[];
  readonly predicted: string | readonly number[];
  /** Classification: the probability of the true class; regression: null. */
  readonly probability: number | null;
  /** −ln of that probability, or the squared error (of several targets summed, each in units of its deviation). */
  readonly loss: number;
  /**
   * What its members disagree on: the mutual information of class and member in nats, or the variance of their
   * predictions (of several targets summed, in such units). Null where members were not kept.
   */
  readonly disagreement: number | null;
}

export interface HardRows {
  /** The highest loss first. */
  readonly highestLoss: readonly NotedRow[];
  /** The most disagreement first; rows that one member alone counts for have none. Null where members were not kept. */
  readonly mostDisagreement: readonly NotedRow[] | null;
}

const MOST = 20;

/** Finds them. Ties go to the earlier row. @throws ERR_OPTION */
export function hardRows(known: KnownRows, options: HardRowsOptions = {}): HardRows {
  checkOptions('hardRows', options, HARD_ROWS_OPTIONS);
  const { most = MOST, weights = null } = options;
  const losses = rowLosses(known);
  const disagreement = disagreementOf(known, weights);
  const note = (at: number) => notedRow(known, at, losses, disagreement);
  return {
    highestLoss: largestOf(losses, most).map(note),
    mostDisagreement: disagreement && largestOf(disagreement, most).map(note),
  };
}

export function notedRow(
  known: KnownRows,
  at: number,
  losses: Float64Array,
  disagreement: Float64Array | null,
): NotedRow {
  const { task, index, outputs, truth, combined } = known;
  const common = { row: index[at]!, at, loss: losses[at]!, disagreement: disagreement?.[at] ?? null };
  if (task.kind === 'classification') {
    const label = truth.labels[at]!;
    return {
      ...common,
      truth: task.classes[label]!,
      predicted: task.classes[combined.labels![at]!]!,
      probability: combined.mean[at * outputs + label]!,
    };
  }
  const own = (values: ArrayLike<number>) =>
    Array.from({ length: outputs }, (_, target) => values[at * outputs + target]!);
  return { ...common, truth: own(truth.targets), predicted: own(combined.mean), probability: null };
}

/** Epistemic uncertainty of each row, f64[rows]; of several targets their sum, each in units of its own variance. */
export function disagreementOf(
  known: KnownRows,
  weights: readonly number[] | null = null,
): Float64Array | null {
  const { members, task, mask, rows } = known;
  if (members.length === 0) return null;
  const { epistemic, columns } = uncertaintyOf(members, task, { mask, weights });
  if (columns === 1) return epistemic;
  const scales = targetVariances(known);
  return Float64Array.from({ length: rows }, (_, row) => {
    let sum = 0;
    for (let target = 0; target < columns; target++)
      sum += epistemic[row * columns + target]! / scales[target]!;
    return sum;
  });
}

function targetVariances(known: KnownRows): number[] {
  return targetDeviations(known).map((deviation) => deviation ** 2);
}

/** Places of the largest values above 0, the largest first. */
function largestOf(values: Float64Array, most: number): number[] {
  return [...values.keys()]
    .filter((at) => values[at]! > 0)
    .sort((a, b) => values[b]! - values[a]! || a - b)
    .slice(0, most);
}

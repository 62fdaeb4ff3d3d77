// How often intervals or sets held a truth that is known, and how wide they were.

import type { Task, TaskKind } from '../data/dataset/dataset.js';
import { twoSidedNormal } from '../math/normal.js';
import type { TargetBlock } from '../predictions/blocks.js';
import type { Guaranteed } from './guarantee.js';
import type { ConformalMethod } from './scores.js';

/** A share of rows and where the true one lies, as often as the level says. */
export interface CoveredShare {
  readonly value: number;
  /** Wilson's interval. */
  readonly interval: { readonly low: number; readonly high: number };
}

/** Sets on the rows of one class, or on all. */
export interface SetFigures {
  /** Rows of a weight above 0. */
  readonly rows: number;
  readonly coverage: CoveredShare;
  readonly meanSize: number;
  /** Share of rows whose set is a single class. */
  readonly singletons: number;
  /** Share of rows whose set is empty: no class conforms. */
  readonly empty: number;
}

/** Intervals of one target. */
export interface IntervalFigures {
  readonly rows: number;
  readonly coverage: CoveredShare;
  /** In the user's units. */
  readonly meanWidth: number;
}

/** What was asked for. */
export interface AskedCoverage {
  /** The coverage asked for. */
  readonly asked: number;
  /** How often the intervals of the coverages hold the true ones. */
  readonly level: number;
}

/** What came of sets of classes; means and shares are weighted as the rows are. */
export interface SetCoverage extends AskedCoverage, SetFigures {
  readonly kind: 'classification';
  readonly conformal: ConformalMethod;
  /** By class, in their order; null for one without rows. */
  readonly classes: readonly (SetFigures | null)[];
}

/** What came of intervals: of the only target, or the first. */
export interface IntervalCoverage extends AskedCoverage, IntervalFigures {
  readonly kind: 'regression';
  /** By target, in their order: each is guaranteed by itself. */
  readonly targets: readonly IntervalFigures[];
}

/** What came of the guarantees of a task. */
export type MeasuredCoverage<Kind extends TaskKind = TaskKind> = {
  readonly classification: SetCoverage;
  readonly regression: IntervalCoverage;
}[Kind];

export interface MeasuredSettings {
  readonly task: Task;
  readonly asked: number;
  readonly conformal: ConformalMethod;
  readonly level: number;
}

/** @param weights of the rows, ≥ 0; null: equal ones */
export function coverageOf(
  { lower, upper, sets }: Guaranteed,
  { rows, labels, targets }: TargetBlock,
  weights: ArrayLike<number> | null,
  { task, asked, conformal, level }: MeasuredSettings,
): MeasuredCoverage {
  const z = normalBound(level);
  const weightOf = (row: number) => weights?.[row] ?? 1;
  if (task.kind === 'regression') {
    const figures = task.targets.map((_, target) => {
      const tally = createTally();
      for (let row = 0; row < rows; row++) {
        const at = row * task.targets.length + target;
        const held = lower![at]! <= targets[at]! && targets[at]! <= upper![at]!;
        tally.add(weightOf(row), held, upper![at]! - lower![at]!);
      }
      return { rows: tally.rows, coverage: tally.share(z), meanWidth: tally.mean() };
    });
    return { kind: 'regression', asked, level, ...figures[0]!, targets: figures };
  }
  const classes = task.classes.length;
  const all = createTally();
  const own = task.classes.map(() => createTally());
  for (let row = 0; row < rows; row++) {
    let size = 0;
    for (let at = 0; at < classes; at++) size += sets![row * classes + at]!;
    const held = sets![row * classes + labels[row]!] === 1;
    all.add(weightOf(row), held, size);
    own[labels[row]!]!.add(weightOf(row), held, size);
  }
  const figuresOf = (tally: Tally): SetFigures => ({
    ...{ rows: tally.rows, coverage: tally.share(z), meanSize: tally.mean() },
    ...{ singletons: tally.shareOf(1), empty: tally.shareOf(0) },
  });
  const byClass = own.map((tally) => (tally.rows === 0 ? null : figuresOf(tally)));
  return { kind: 'classification', conformal, asked, level, ...figuresOf(all), classes: byClass };
}

type Tally = ReturnType<typeof createTally>;

function createTally() {
  let rows = 0;
  let weights = 0;
  let squares = 0;
  let held = 0;
  let sum = 0;
  const sizes: [number, number] = [0, 0];
  return {
    get rows() {
      return rows;
    },
    add(weight: number, holds: boolean, size: number): void {
      if (weight === 0) return;
      rows++;
      weights += weight;
      squares += weight * weight;
      if (holds) held += weight;
      sum += weight * size;
      if (size === 0 || size === 1) sizes[size] += weight;
    },
    mean: () => sum / weights,
    shareOf: (size: 0 | 1) => sizes[size] / weights,
    share: (z: number): CoveredShare => wilson(held / weights, (weights * weights) / squares, z),
  };
}

/**
 * A share of n independent rows with the interval of its score test; of weighted rows n is Kish's effective number.
 *
 * **Source:** Wilson 1927, Probable inference, the law of succession, and statistical inference; Kish 1965, Survey sampling.
 */
export function wilson(value: number, n: number, z: number): CoveredShare {
  const square = (z * z) / n;
  const middle = (value + square / 2) / (1 + square);
  const reach = (z * Math.sqrt((value * (1 - value)) / n + square / (4 * n))) / (1 + square);
  return { value, interval: { low: Math.max(0, middle - reach), high: Math.min(1, middle + reach) } };
}

/** The z within ± which a standard normal deviate lies with probability `level`, by halving. */
export function normalBound(level: number): number {
  let low = 0;
  let high = 40;
  for (let step = 0; step < 80; step++) {
    const middle = (low + high) / 2;
    if (1 - twoSidedNormal(middle) < level) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

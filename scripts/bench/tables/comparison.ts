// Who is better over all tables, and by how much: ranks, and paired differences with intervals.

import { mean, variance } from '../../../src/math/statistics.js';
import { studentQuantile } from '../../../src/math/student.js';
import { TEST_SHARE } from '../../support/real-tables.js';
import type { Scores } from './scores.js';

/** One contender on one split. */
export interface Outcome {
  readonly table: string;
  readonly split: number;
  readonly way: string;
  readonly scores: Scores;
  readonly seconds: number;
  readonly cpuSeconds: number;
}

/** A score by which contenders are ranked, small being good: log-loss and RMSE, or wrong rows and RMSE. */
export type Criterion = 'logLoss' | 'error';

export function criterionOf({ scores }: Outcome, criterion: Criterion): number {
  if ('rmse' in scores) return scores.rmse;
  return criterion === 'logLoss' ? scores.logLoss : 1 - scores.accuracy;
}

/** Outcomes on the splits that all of some contenders have been tried on. */
export function common(outcomes: readonly Outcome[], ways: readonly string[]): Outcome[] {
  const key = ({ table, split }: Outcome) => `${table} ${split}`;
  const counts = new Map<string, Set<string>>();
  for (const outcome of outcomes) {
    if (!ways.includes(outcome.way)) continue;
    counts.set(key(outcome), (counts.get(key(outcome)) ?? new Set()).add(outcome.way));
  }
  return outcomes.filter(
    (outcome) => ways.includes(outcome.way) && counts.get(key(outcome))?.size === ways.length,
  );
}

/** Mean over tables of the mean rank on a table's splits, from 1; equal scores share their ranks. */
export function meanRanks(outcomes: readonly Outcome[], ways: readonly string[], by: Criterion): number[] {
  const shared = common(outcomes, ways);
  const tables = [...new Set(shared.map(({ table }) => table))];
  const ranks = tables.map((table) => {
    const own = shared.filter((outcome) => outcome.table === table);
    const splits = [...new Set(own.map(({ split }) => split))].map((split) => {
      const values = ways.map((way) =>
        criterionOf(own.find((outcome) => outcome.split === split && outcome.way === way)!, by),
      );
      return values.map((value) => {
        const better = values.filter((other) => other < value).length;
        const equal = values.filter((other) => other === value).length;
        return better + (equal + 1) / 2;
      });
    });
    return ways.map((_, at) => mean(splits.map((split) => split[at]!)));
  });
  return ways.map((_, at) => mean(ranks.map((table) => table[at]!)));
}

/** How much smaller, or larger, a score is on average, with an interval for 95 %. */
export interface Difference {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** @param perMean variance of the mean in units of the variance of one value */
function interval(values: readonly number[], perMean: number): Difference {
  const centre = mean(values);
  if (values.length < 2)
    return { mean: centre, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  const freedom = values.length - 1;
  const ofOne = (variance(values) * values.length) / freedom;
  const half = studentQuantile(0.025, freedom) * Math.sqrt(ofOne * perMean);
  return { mean: centre, low: centre - half, high: centre + half };
}

/**
 * The difference of two contenders on a table over its splits, which have training rows in common: the variance of the mean is
 * 1/n + test/train of that of one split.
 * **Source:** Nadeau and Bengio (2003), Inference for the generalization error.
 */
export function onTable(
  outcomes: readonly Outcome[],
  table: string,
  [one, other]: readonly [string, string],
  by: Criterion,
): Difference | null {
  const shared = common(outcomes, [one, other]).filter((outcome) => outcome.table === table);
  const splits = [...new Set(shared.map(({ split }) => split))];
  if (splits.length === 0) return null;
  const value = (way: string, split: number) =>
    criterionOf(shared.find((outcome) => outcome.way === way && outcome.split === split)!, by);
  const differences = splits.map((split) => value(one, split) - value(other, split));
  return interval(differences, 1 / splits.length + TEST_TO_TRAIN);
}

const TEST_TO_TRAIN = TEST_SHARE / (1 - TEST_SHARE);

/** Mean over tables of the logarithm of the ratio of two contenders' mean scores: −0.1 is 10 % less. */
export function overTables(
  outcomes: readonly Outcome[],
  [one, other]: readonly [string, string],
  by: Criterion,
): Difference | null {
  const shared = common(outcomes, [one, other]);
  const tables = [...new Set(shared.map(({ table }) => table))];
  if (tables.length === 0) return null;
  const value = (way: string, table: string) => {
    const own = shared.filter((outcome) => outcome.way === way && outcome.table === table);
    return mean(own.map((outcome) => criterionOf(outcome, by)));
  };
  // A thousandth keeps tables that somebody gets all right in the mean.
  const ratios = tables.map((table) => Math.log((value(one, table) + 1e-3) / (value(other, table) + 1e-3)));
  return interval(ratios, 1 / tables.length);
}

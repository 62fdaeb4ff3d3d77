// Metrics of predicted quantiles, `loss` quantile: of each target, over the levels that are predicted.

import type { ScoredRows, TargetMetric } from './metric.js';
import { meanLosses } from './target-losses.js';

/** What a row's quantiles of one target, [levels] from `from` on, cost or hold. */
type QuantileFigure = (
  levels: readonly number[],
  values: Float64Array,
  from: number,
  truth: number,
) => number;

function addFigures(sums: Float64Array, scored: ScoredRows, figure: QuantileFigure): void {
  const { rows, outputs, quantiles, truth, weights } = scored;
  if (quantiles === undefined) {
    sums.fill(Number.NaN);
    return;
  }
  const { levels, values } = quantiles;
  for (let row = 0; row < rows; row++) {
    const weight = weights === null ? 1 : weights[row]!;
    if (weight === 0) continue;
    for (let target = 0; target < outputs; target++) {
      const at = row * outputs + target;
      sums[target]! += weight * figure(levels, values, at * levels.length, truth.targets[at]!);
    }
  }
}

function quantileMetric<
  const Own extends Pick<TargetMetric, 'name' | 'title' | 'says' | 'better' | 'written'>,
>(own: Own, figure: QuantileFigure) {
  return {
    ...own,
    ...{ from: 'sums', of: 'ensemble', values: 'perTarget', reads: 'quantiles' },
    ...{ tasks: ['regression'], listed: ['regression'], columns: { scores: [], curves: [] } },
    sums: (outputs) => outputs,
    addRows: (sums, rows) => addFigures(sums, rows, figure),
    value: meanLosses,
  } as const satisfies TargetMetric;
}

/**
 * max(τ (y − q), (τ − 1) (y − q)), the mean over the levels τ.
 *
 * **Source:** Koenker and Bassett 1978, Regression quantiles.
 */
export const quantileLoss = quantileMetric(
  {
    name: 'quantileLoss',
    title: 'quantile loss',
    says: 'mean pinball loss of the quantiles that heads predict',
    better: 'less',
    written: 'figure',
  },
  (levels, values, from, truth) => {
    let sum = 0;
    for (const [at, level] of levels.entries()) {
      const rest = truth - values[from + at]!;
      sum += Math.max(level * rest, (level - 1) * rest);
    }
    return sum / levels.length;
  },
);

/** Near the difference of the two levels is right: more is too unsure, less too sure. */
export const quantileCoverage = quantileMetric(
  {
    name: 'quantileCoverage',
    title: 'coverage of the outer quantiles',
    says: 'share of rows from the lowest quantile that heads predict to the highest',
    better: 'more',
    written: 'share',
  },
  (levels, values, from, truth) =>
    values[from]! <= truth && truth <= values[from + levels.length - 1]! ? 1 : 0,
);

export const quantileWidth = quantileMetric(
  {
    name: 'quantileWidth',
    title: 'width of the outer quantiles',
    says: 'mean distance from the lowest quantile that heads predict to the highest',
    better: 'less',
    written: 'figure',
  },
  (levels, values, from) => values[from + levels.length - 1]! - values[from]!,
);

// Scores of one set of predictions, streamed: every metric there is, over the same rows.
// Serves members, ensembles and subsets alike; knows no metric and nothing of how predictions were made.

import { outputCount, type Task } from '../../data/dataset/dataset.js';
import { TuttiError } from '../../errors.js';
import type { TargetBlock } from '../../predictions/blocks.js';
import { labelsOf } from '../../predictions/labels.js';
import type { Predictions } from '../../predictions/predictions.js';
import type { MetricValue, SummedMetric } from '../metrics/metric.js';
import { byMetric, type ScoreSpread, type Scores, scoreBy, streamedMetrics } from '../metrics/metrics.js';

type Classified = Predictions & { readonly labels?: Int32Array | null };

export interface ScoreAccumulator {
  /**
   * Adds the rows of a block, each with its weight ≥ 0 (one per row; all 1 where there are none); rows of weight 0
   * are not read. `labels`: the predicted classes, where ties were already broken.
   * @throws ERR_SHAPE when predictions and targets disagree.
   */
  addBlock(predictions: Classified, targets: TargetBlock, weights?: ArrayLike<number> | null): void;
  /** The scores of the rows so far; null when there were none. */
  finish(): Scores | null;
  /** What they are made of. */
  readonly sums: ScoreSums;
}

/** Sums over rows, each times its weight. */
export interface ScoreSums {
  rows: number;
  weight: number;
  /** Those of each metric that applies. */
  readonly of: ReadonlyMap<SummedMetric, Float64Array>;
}

/** An empty accumulator; `probabilities: false` for predictions that are none. */
export function createScoreAccumulator(
  task: Task,
  options: { probabilities?: boolean } = {},
): ScoreAccumulator {
  const outputs = outputCount(task);
  const sums = emptySums(task, options.probabilities ?? true);
  return {
    sums,
    addBlock(predictions, truth, weights = null) {
      checkShapes(predictions, truth, outputs, weights);
      countRows(sums, truth.rows, weights);
      const { rows, mean, logProbabilities, variance, labels } = predictions;
      const chosen = task.kind === 'regression' ? NO_LABELS : (labels ?? labelsOf(mean, truth.rows, outputs));
      const scored = { rows, outputs, mean, logProbabilities, variance, chosen, truth, weights };
      for (const [metric, own] of sums.of) metric.addRows(own, scored);
    },
    finish: () => toScores(sums),
  };
}

const NO_LABELS = new Int32Array(0);

function emptySums(task: Task, probabilities: boolean): ScoreSums {
  const applying = streamedMetrics().filter(
    ({ tasks, reads }) => tasks.includes(task.kind) && (probabilities || reads !== 'probabilities'),
  );
  const of = new Map(
    applying.map((metric) => [metric, new Float64Array(metric.sums(outputCount(task)))] as const),
  );
  return { rows: 0, weight: 0, of };
}

function countRows(sums: ScoreSums, rows: number, weights: ArrayLike<number> | null): void {
  if (weights === null) {
    sums.rows += rows;
    sums.weight += rows;
    return;
  }
  for (let row = 0; row < rows; row++) {
    if (weights[row] === 0) continue;
    sums.rows++;
    sums.weight += weights[row]!;
  }
}

/** The scores of all rows of several accumulators together; `rows` counts a row of several as several. */
export function pooledScores(all: readonly ScoreAccumulator[], task: Task): Scores | null {
  const pooled = emptySums(task, true);
  for (const { sums } of all) {
    pooled.rows += sums.rows;
    pooled.weight += sums.weight;
    for (const [metric, own] of pooled.of) {
      const more = sums.of.get(metric);
      for (let at = 0; at < own.length; at++) own[at]! += more?.[at] ?? Number.NaN;
    }
  }
  return toScores(pooled);
}

function toScores({ rows, weight, of }: ScoreSums): Scores | null {
  if (rows === 0) return null;
  const value = (metric: SummedMetric) => {
    const sums = of.get(metric);
    return sums === undefined ? null : metric.value(sums, weight);
  };
  return { rows, ...byMetric(value) };
}

/** The mean of several scores, score by score, as each metric means it. Null for none. */
export function meanScores(all: readonly Scores[]): Scores | null {
  if (all.length === 0) return null;
  const values = acrossScores(all, ({ average = plainMean }, own) => average(own));
  return { rows: plainMean(all.map(({ rows }) => rows)), ...values };
}

function plainMean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** A number for each metric, or for each target of it, from its values in several scores. */
export function acrossScores(
  all: readonly ScoreSpread[],
  figure: (metric: SummedMetric, values: readonly number[]) => number,
): ScoreSpread {
  return byMetric((metric): MetricValue | null => {
    const values = all.flatMap((scores) => {
      const value = scoreBy(scores, metric);
      return value === null ? [] : [typeof value === 'number' ? [value] : value];
    });
    if (values.length < all.length) return null;
    const figures = values[0]!.map((_, at) =>
      figure(
        metric,
        values.map((own) => own[at]!),
      ),
    );
    return metric.values === 'one' ? figures[0]! : figures;
  });
}

function checkShapes(
  predictions: Predictions,
  targets: TargetBlock,
  outputs: number,
  weights: ArrayLike<number> | null,
): void {
  const rows = weights?.length ?? targets.rows;
  if (predictions.rows !== targets.rows || predictions.outputs !== outputs || rows !== targets.rows) {
    throw new TuttiError(
      'ERR_SHAPE',
      `Expected predictions of ${targets.rows} rows × ${outputs} outputs, ` +
        `got ${predictions.rows} × ${predictions.outputs}`,
    );
  }
}

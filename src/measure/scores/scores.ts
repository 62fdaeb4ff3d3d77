// Scores of one set of predictions, streamed: error rate, log-loss, squared error, RMSE per target.
// Serves members, ensembles and subsets alike; knows nothing of how predictions were made.

import type { Task } from '../../data/dataset/dataset.js';
import { TuttiError } from '../../errors.js';
import { log } from '../../math/functions.js';
import type { TargetBlock } from '../../predictions/blocks.js';
import { largestAt } from '../../predictions/labels.js';
import type { Predictions } from '../../predictions/predictions.js';

/** Probabilities of the true class below this count as this in the log-loss (at most 34.5 per row). */
export const LOG_LOSS_FLOOR = 1e-15;

/** Means over rows; `null` where a score does not apply to the task. */
export interface Scores {
  readonly rows: number;
  /** Summed over outputs: the Brier score over classes, or the squared error over targets. */
  readonly squaredError: number;
  readonly accuracy: number | null;
  /** Share of rows whose predicted class is wrong: 1 − accuracy. */
  readonly errorRate: number | null;
  /** Mean of −ln p(true class), p floored at {@link LOG_LOSS_FLOOR}; null for votes, which are no probabilities. */
  readonly logLoss: number | null;
  /** Per target, in the user's units: √ of the mean squared error, of mean scores too. */
  readonly rmse: readonly number[] | null;
}

export interface ScoreAccumulator {
  /**
   * Adds the rows of a block, each with its weight ≥ 0 (one per row; all 1 where there are none); rows of weight 0
   * are not read. `labels`: the predicted classes, where ties were already broken.
   * @throws ERR_SHAPE when predictions and targets disagree.
   */
  addBlock(
    predictions: Predictions & { readonly labels?: Int32Array | null },
    targets: TargetBlock,
    weights?: ArrayLike<number> | null,
  ): void;
  /** The scores of the rows so far; null when there were none. */
  finish(): Scores | null;
  /** What they are made of. */
  readonly sums: ScoreSums;
}

/** Sums over rows, each times its weight. */
export interface ScoreSums {
  rows: number;
  weight: number;
  wrong: number;
  logLoss: number;
  /** Squared error per output. */
  readonly squares: Float64Array;
}

/** An empty accumulator; `logLoss: false` for predictions that are no probabilities. */
export function createScoreAccumulator(task: Task, options: { logLoss?: boolean } = {}): ScoreAccumulator {
  const outputs = task.kind === 'classification' ? task.classes.length : task.targets.length;
  const sums = emptySums(outputs);
  return {
    sums,
    addBlock(predictions, targets, weights = null) {
      checkShapes(predictions, targets, outputs, weights);
      const add = task.kind === 'classification' ? addClassified : addRegressed;
      for (let row = 0; row < targets.rows; row++) {
        const weight = weights === null ? 1 : weights[row]!;
        if (weight === 0) continue;
        sums.rows++;
        sums.weight += weight;
        add(sums, predictions, targets, row, weight);
      }
    },
    finish: () => toScores(sums, task, options.logLoss ?? true),
  };
}

function emptySums(outputs: number): ScoreSums {
  return { rows: 0, weight: 0, wrong: 0, logLoss: 0, squares: new Float64Array(outputs) };
}

/** The scores of all rows of several accumulators together; `rows` counts a row of several as several. */
export function pooledScores(all: readonly ScoreAccumulator[], task: Task): Scores | null {
  const pooled = emptySums(all[0]?.sums.squares.length ?? 0);
  for (const { sums } of all) {
    pooled.rows += sums.rows;
    pooled.weight += sums.weight;
    pooled.wrong += sums.wrong;
    pooled.logLoss += sums.logLoss;
    for (let column = 0; column < sums.squares.length; column++) {
      pooled.squares[column]! += sums.squares[column]!;
    }
  }
  return toScores(pooled, task, true);
}

function addClassified(
  sums: ScoreSums,
  predictions: Predictions & { readonly labels?: Int32Array | null },
  targets: TargetBlock,
  row: number,
  weight: number,
): void {
  const { outputs, mean, logProbabilities, labels } = predictions;
  const from = row * outputs;
  const truth = targets.labels[row]!;
  const chosen = labels ? labels[row]! : largestAt(mean, from, outputs);
  if (chosen !== truth) sums.wrong += weight;
  for (let column = 0; column < outputs; column++) {
    const error = mean[from + column]! - (column === truth ? 1 : 0);
    sums.squares[column]! += weight * error * error;
  }
  // The same floor for known logarithms, so that members and ensembles compare like with like.
  const known = logProbabilities === null ? null : logProbabilities[from + truth]!;
  sums.logLoss -=
    weight *
    (known === null ? log(Math.max(mean[from + truth]!, LOG_LOSS_FLOOR)) : Math.max(known, LOG_FLOOR));
}

const LOG_FLOOR = log(LOG_LOSS_FLOOR);

function addRegressed(
  sums: ScoreSums,
  predictions: Predictions,
  targets: TargetBlock,
  row: number,
  weight: number,
): void {
  const { outputs, mean } = predictions;
  for (let column = 0; column < outputs; column++) {
    const error = mean[row * outputs + column]! - targets.targets[row * outputs + column]!;
    sums.squares[column]! += weight * error * error;
  }
}

function toScores(sums: ScoreSums, task: Task, withLogLoss: boolean): Scores | null {
  const { rows, weight, wrong, logLoss, squares } = sums;
  if (rows === 0) return null;
  const classification = task.kind === 'classification';
  return {
    rows,
    squaredError: squares.reduce((total, square) => total + square, 0) / weight,
    accuracy: classification ? (weight - wrong) / weight : null,
    errorRate: classification ? wrong / weight : null,
    logLoss: classification && withLogLoss ? logLoss / weight : null,
    rmse: classification ? null : Array.from(squares, (square) => Math.sqrt(square / weight)),
  };
}

/** The mean of several scores, score by score; an RMSE is that of the mean squared error. Null for none. */
export function meanScores(all: readonly Scores[]): Scores | null {
  const first = all[0];
  if (first === undefined) return null;
  const mean = (of: (scores: Scores) => number | null): number | null => {
    let total = 0;
    for (const scores of all) {
      const value = of(scores);
      if (value === null) return null;
      total += value;
    }
    return total / all.length;
  };
  return {
    rows: mean((scores) => scores.rows)!,
    squaredError: mean((scores) => scores.squaredError)!,
    accuracy: mean((scores) => scores.accuracy),
    errorRate: mean((scores) => scores.errorRate),
    logLoss: mean((scores) => scores.logLoss),
    rmse: first.rmse?.map((_, target) => Math.sqrt(mean((scores) => scores.rmse![target]! ** 2)!)) ?? null,
  };
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

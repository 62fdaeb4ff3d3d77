// Fits what an ensemble should beat on its own training rows: the classes' shares or the targets' means, and a linear
// model of what members see.

import { requireDataset } from '../../data/dataset/check-dataset.js';
import type { Dataset } from '../../data/dataset/dataset.js';
import type { MinimiseOptions } from '../../math/lbfgs.js';
import type { Baseline, LinearBaseline } from './baseline.js';
import { fitLogistic } from './logistic.js';
import { fitRidge, type LinearModel, weightedMeans } from './ridge.js';
import { type RowsToFit, rowsToFit } from './rows-to-fit.js';

/** Rows × features × classes of a logistic regression: some 10 ms a step. */
const MOST_LOGISTIC = 1e7;
/** Rows × features² of a ridge regression: some 200 ms. */
const MOST_RIDGE = 4e8;
/** Coefficients that an ensemble's file takes in for a linear model; of more none is fitted. */
const MOST_COEFFICIENTS = 32_768;
/** Features of a ridge regression, whose equations are the cube of them. */
const MOST_FEATURES = 1024;

/**
 * The baseline of a training dataset, by its row weights. The linear model is a multinomial logistic regression with penalty
 * ½‖W‖², or a ridge regression with penalty ‖W‖², of the features as members see them, on at most as many rows as cost little
 * (`linear.rows`); null for one class, without a row of a weight, and where it would have too many coefficients. The same bytes
 * on every host.
 * @throws ERR_OPTION for what is no dataset.
 */
export function fitBaseline(train: Dataset): Baseline {
  requireDataset(train, 'train');
  return { ...constantBaseline(train), linear: linearOf(train) };
}

/** {@link fitBaseline} without a linear model. */
export function constantBaseline(train: Dataset): Baseline {
  return { constant: Array.from(constantOf(train)), linear: null };
}

function constantOf({ task, rows, rowWeights, labels, targets }: Dataset): Float64Array {
  const weights = Float64Array.from({ length: rows }, (_, row) => rowWeights?.[row] ?? 1);
  if (task.kind === 'regression') return weightedMeans(targets, rows, task.targets.length, weights);
  const shares = new Float64Array(task.classes.length);
  let all = 0;
  for (let row = 0; row < rows; row++) {
    shares[labels[row]!]! += weights[row]!;
    all += weights[row]!;
  }
  return shares.map((own) => own / all);
}

/**
 * A linear model of some of the rows, or of all.
 * @param until where a logistic regression's fit may end
 */
export function linearOf(
  train: Dataset,
  keeps?: (row: number) => boolean,
  until: Partial<MinimiseOptions> = {},
): LinearBaseline | null {
  const { task, features } = train;
  const outputs = task.kind === 'classification' ? task.classes.length : task.targets.length;
  if (features * outputs > MOST_COEFFICIENTS) return null;
  if (task.kind === 'regression' && features > MOST_FEATURES) return null;
  const cost = task.kind === 'classification' ? MOST_LOGISTIC / outputs : MOST_RIDGE / features;
  const fitted = rowsToFit(train, Math.max(1, Math.floor(cost / features)), keeps);
  const model = fitted && modelOf(train, fitted, outputs, until);
  if (fitted === null || model === null || !allFiniteIn(model)) return null;
  return { weights: Array.from(model.weights), bias: Array.from(model.bias), rows: fitted.rows };
}

function modelOf(
  { task, labels, targets }: Dataset,
  fitted: RowsToFit,
  outputs: number,
  until: Partial<MinimiseOptions>,
): LinearModel | null {
  const { index } = fitted;
  if (task.kind === 'classification') {
    const own = Int32Array.from(index, (row) => labels[row]!);
    return own.every((label) => label === own[0]) ? null : fitLogistic(fitted, own, outputs, until);
  }
  const own = new Float64Array(index.length * outputs);
  for (const [at, row] of index.entries()) {
    own.set(targets.subarray(row * outputs, (row + 1) * outputs), at * outputs);
  }
  return fitRidge(fitted, own, outputs);
}

function allFiniteIn({ weights, bias }: LinearModel): boolean {
  return weights.every(Number.isFinite) && bias.every(Number.isFinite);
}

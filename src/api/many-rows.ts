// What predicts and measures plain records, with many rows on every core where no runner is named.

import type { Calibration } from '../calibration/calibration.js';
import type { MeasuredCoverage } from '../conformal/measured-coverage.js';
import type { Dataset } from '../data/dataset/dataset.js';
import type { TrainedEnsemble } from '../ensemble/ensemble.js';
import * as calibrating from '../ensemble/evaluate/calibrate-ensemble.js';
import * as conformalising from '../ensemble/evaluate/conformalise.js';
import * as evaluating from '../ensemble/evaluate/evaluate.js';
import * as outOfBag from '../ensemble/evaluate/predict-out-of-bag.js';
import type { Inputs } from '../ensemble/predict/inputs.js';
import * as predicting from '../ensemble/predict/predict.js';
import * as members from '../ensemble/predict/predict-members.js';
import * as uncertain from '../ensemble/predict/predict-uncertainty.js';
import type { Measurement } from '../measure/measurement.js';
import { onSharedPool } from '../pool/shared-pool.js';
import type { CombinedPredictions } from '../predictions/combined-predictions.js';
import type { Predictions } from '../predictions/predictions.js';

/**
 * Predicts rows.
 * @param inputs [rows, features] in the user's units, those of the training dataset's `x`; a dataset; or raw rows, as a
 * table or as records: `[{ sqm: 100, city: 'Berlin' }]`.
 * @returns probabilities, or values in the user's units (f64).
 * @throws ERR_SHAPE when x is not a whole number of rows, or a dataset of other columns; ERR_DATA for a value that is
 * not finite or does not fit its column (row and column named); ERR_OPTION for weights that do not fit; ERR_ARITHMETIC
 * when this host cannot do the ensemble's arithmetic; ERR_MODULE when a module of the user's is not
 * there or not the one it was trained with; ERR_LEARNER when a learner fails; ERR_ENGINE_MISSING.
 */
export async function predictEnsemble(
  ensemble: TrainedEnsemble,
  inputs: Inputs,
  options: predicting.PredictOptions = {},
): Promise<CombinedPredictions> {
  return predicting.predictEnsemble(ensemble, inputs, onSharedPool(options));
}

/**
 * Predicts rows, and says of each where its uncertainty comes from: see {@link uncertaintyOf} for the figures.
 * @param inputs as for {@link predictEnsemble}.
 * @returns arrays [rows], of numbers [rows, targets]; `total` and `aleatoric` are null for numbers without Gaussian heads.
 * @throws as {@link predictEnsemble}; ERR_BUNDLE for an ensemble without trained members.
 */
export async function predictUncertainty(
  ensemble: TrainedEnsemble,
  inputs: Inputs,
  options: predicting.CombineOptions = {},
): Promise<uncertain.UncertainPredictions> {
  return uncertain.predictUncertainty(ensemble, inputs, onSharedPool(options));
}

/**
 * Calibrates an ensemble of classes: its probabilities, and from which on the second of two classes is predicted. It is fitted
 * on the rows of a dataset, of the training's own each by the members that never saw it, and holds for every later prediction
 * and measurement; it is saved with the ensemble. Where it does not lower the log-loss of rows that it was not fitted on, by
 * folds, probabilities stay as they are.
 * @param dataset the one it was trained on, or rows that it was not trained on; weights of rows count.
 * @returns the ensemble with its calibration, whose `figures` say what it does.
 * @throws ERR_OPTION for a regression, votes, or what is of two classes alone; ERR_DATA for fewer than 20 rows, rows of one
 * class, or when no row is out of bag; what {@link predictEnsemble} throws.
 *
 * **Source:** Guo, Pleiss, Sun and Weinberger 2017, On calibration of modern neural networks; Zadrozny and Elkan 2002.
 */
export async function calibrateEnsemble(
  ensemble: TrainedEnsemble,
  dataset: Dataset,
  options: calibrating.CalibrateOptions = {},
): Promise<TrainedEnsemble & { readonly calibration: Calibration }> {
  return calibrating.calibrateEnsemble(ensemble, dataset, onSharedPool(options));
}

/**
 * Loads the members of an ensemble once, for many predictions: what takes longest of a prediction of a few rows.
 *
 *     using predictor = await createPredictor(ensemble);
 *     const { mean } = await predictor.predict([{ sqm: 100, city: 'Berlin' }]);
 *
 * @param options what {@link predictEnsemble} takes, for all predictions; the signal is for the loading, and each prediction
 * takes one of its own.
 * @throws what {@link predictEnsemble} throws for the ensemble and the options; ERR_MEMORY when it does not fit.
 */
export async function createPredictor(
  ensemble: TrainedEnsemble,
  options: predicting.PredictOptions = {},
): Promise<predicting.EnsemblePredictor> {
  return predicting.createPredictor(ensemble, onSharedPool(options));
}

/**
 * Predicts rows with every member.
 * @param inputs as for `predictEnsemble`.
 * @returns one per trained member, in plan order (`ensemble.members[i].index` is its place in the plan): probabilities,
 * or values in the user's units, [rows, outputs].
 * @throws as `predictEnsemble`.
 */
export async function predictMembers(
  ensemble: TrainedEnsemble,
  inputs: Inputs,
  options: members.MemberPredictionOptions = {},
): Promise<Predictions[]> {
  return members.predictMembers(ensemble, inputs, onSharedPool(options));
}

/**
 * Measures an ensemble on rows it was not trained on.
 * @param dataset of the ensemble's columns and task, in the user's units: its own scales do not matter.
 * @throws ERR_SHAPE when the dataset's columns or task are not the ensemble's; ERR_DATA for a value that is not finite;
 * ERR_BUNDLE for an ensemble without trained members.
 */
export async function evaluateEnsemble(
  ensemble: TrainedEnsemble,
  dataset: Dataset,
  options: evaluating.EvaluateOptions = {},
): Promise<Measurement> {
  return evaluating.evaluateEnsemble(ensemble, dataset, onSharedPool(options));
}

/**
 * Measures an ensemble on its own training rows, each by the members that never saw it. Rows that decided
 * when a member stopped are not among that member's out-of-bag rows.
 * @returns null when no row is out of bag for any member (as without resampling).
 * @throws ERR_DATA when the dataset is not the one the ensemble was trained on; ERR_BUNDLE for an ensemble without
 * trained members.
 *
 * **Source:** Breiman, "Out-of-bag estimation", 1996.
 */
export async function evaluateOutOfBag(
  ensemble: TrainedEnsemble,
  dataset: Dataset,
  options: evaluating.OutOfBagOptions = {},
): Promise<Measurement | null> {
  return evaluating.evaluateOutOfBag(ensemble, dataset, onSharedPool(options));
}

/**
 * Predicts an ensemble's training rows by the members that each is out of bag for.
 * @param dataset the one it was trained on.
 * @returns null when no row is out of bag for any member (as without resampling).
 * @throws ERR_DATA when the dataset is not the one the ensemble was trained on; what `predictEnsemble` throws.
 *
 * **Source:** Breiman, "Out-of-bag estimation", 1996.
 */
export async function predictOutOfBag(
  ensemble: TrainedEnsemble,
  dataset: Dataset,
  options: predicting.CombineOptions = {},
): Promise<outOfBag.OutOfBagPredictions | null> {
  return outOfBag.predictOutOfBag(ensemble, dataset, onSharedPool(options));
}

/**
 * Scores rows whose truth is known, so that `predictEnsemble` and `createPredictor` can guarantee a `coverage`: the
 * ensemble's own training rows, each by the members that never saw it, which costs no row and is done by a training as it
 * ends; or rows that it was not trained on.
 * @returns the ensemble with them, to be saved or to predict with. At most 10 000 rows are kept, evenly.
 * @throws ERR_DATA when the rows are out of bag for nobody; ERR_OPTION for held-out rows that it was trained on.
 *
 * **Source:** Kim, Xu and Barber 2020, Predictive inference is free with the jackknife+-after-bootstrap; Romano, Sesia and
 * Candès 2020, Classification with valid and adaptive coverage.
 */
export async function conformaliseEnsemble(
  ensemble: TrainedEnsemble,
  dataset: Dataset,
  options: conformalising.ConformaliseOptions = {},
): Promise<TrainedEnsemble> {
  return conformalising.conformaliseEnsemble(ensemble, dataset, onSharedPool(options));
}

/**
 * Measures how often intervals, or sets of classes, hold the truth of rows that an ensemble was not trained on, with an
 * interval, and how wide they are.
 * @throws as `predictEnsemble` with a `coverage`.
 */
export async function measureCoverage(
  ensemble: TrainedEnsemble,
  dataset: Dataset,
  options: conformalising.MeasuredCoverageOptions,
): Promise<MeasuredCoverage> {
  return conformalising.measureCoverage(ensemble, dataset, onSharedPool(options));
}

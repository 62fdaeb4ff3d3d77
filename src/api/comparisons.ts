// What compares members with each other, and ensembles, with many rows on every core where no runner is named.

import type { Dataset } from '../data/dataset/dataset.js';
import type { TrainedEnsemble } from '../ensemble/ensemble.js';
import { onSharedPool } from '../pool/shared-pool.js';
import {
  type CompareOptions,
  compareEnsembles as compareOnDatasets,
  type EnsembleComparison,
} from '../studies/comparison/compare-ensembles.js';
import type { Leaderboard } from '../studies/leaderboard/leaderboard.js';
import {
  type LeaderboardOptions,
  leaderboard as leaderboardOf,
} from '../studies/leaderboard/leaderboard-of-rows.js';
import { datasetOf, type LabelledInputs } from './labelled-rows.js';

/**
 * Says what an ensemble owes to each of its members: its own scores, how its errors go with those of the mean of the others,
 * what the ensemble would be without it, and how long it takes to predict.
 *
 * @param dataset rows that it was not trained on, whose targets are known; with `outOfBag` those it was trained on.
 * @throws ERR_OPTION for a metric that such predictions do not have; ERR_DATA when no row is out of bag; what
 * `evaluateEnsemble` throws.
 *
 * **Source:** Krogh and Vedelsby 1995 for what averaging makes of members; Efron and Tibshirani 1993, chapter 11, for the
 * standard errors.
 */
export async function leaderboard(
  ensemble: TrainedEnsemble,
  dataset: Dataset,
  options: LeaderboardOptions = {},
): Promise<Leaderboard> {
  return leaderboardOf(ensemble, dataset, onSharedPool(options));
}

/**
 * Compares ensembles of one task on the same rows: all scores of each, and of each beside the first their differences, with
 * intervals from the same resampled rows for both, and for classes McNemar's test.
 *
 * @param rows that none was trained on, whose targets are known: raw ones, which each takes by its own columns, or a dataset
 * that fits them all, or one for each with the same rows in the same order. Row weights count where any has them.
 * @throws ERR_OPTION for fewer than two ensembles; ERR_SHAPE for other classes or targets, or other rows; what
 * `evaluateEnsemble` throws.
 *
 * **Source:** Efron and Tibshirani 1993, chapter 13, for the intervals; McNemar 1947; Dietterich 1998.
 */
export async function compareEnsembles(
  ensembles: readonly TrainedEnsemble[],
  rows: LabelledInputs | readonly Dataset[],
  options: CompareOptions = {},
): Promise<EnsembleComparison> {
  const datasets =
    isDatasets(rows) || !Array.isArray(ensembles) ? rows : ensembles.map((own) => datasetOf(own, rows));
  return compareOnDatasets(ensembles, datasets as readonly Dataset[], onSharedPool(options));
}

function isDatasets(rows: LabelledInputs | readonly Dataset[]): rows is readonly Dataset[] {
  return Array.isArray(rows) && typeof rows[0] === 'object' && rows[0] !== null && 'encoding' in rows[0];
}

// What compares members with each other, and ensembles, with many rows on every core where no runner is named.

import type { Dataset } from '../data/dataset/dataset.js';
import type { TrainedEnsemble } from '../ensemble/ensemble.js';
import { onSharedPool } from '../pool/shared-pool.js';
import type { Leaderboard } from '../studies/leaderboard/leaderboard.js';
import {
  type LeaderboardOptions,
  leaderboard as leaderboardOf,
} from '../studies/leaderboard/leaderboard-of-rows.js';

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

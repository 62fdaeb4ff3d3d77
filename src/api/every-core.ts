// What trains and gives plain data, on every core where no runner is named.

import type { Dataset } from '../data/dataset/dataset.js';
import type { TrainedEnsemble } from '../ensemble/ensemble.js';
import type { TrainingOptions } from '../model/options/training-options.js';
import { onSharedPool } from '../pool/shared-pool.js';
import { compareSources as compare, type SourcesOptions, type SourcesReport } from '../studies/sources.js';
import { type ExtendOptions, extendEnsemble as extend } from '../training/extend-ensemble.js';
import type { TrainingSettings } from '../training/session/training-settings.js';

/**
 * Trains what an ensemble lacks of so many members. Those that are there stay as they are; the others, and those that
 * failed or were never finished, become what training all of them at once would have made of them, byte for byte.
 *
 * @param dataset the one it was trained on.
 * @param settings as for `trainEnsemble`.
 * @returns a new ensemble; out-of-bag figures are over all its members.
 * @throws ERR_DATA when the dataset is another; ERR_OPTION when the plan cannot have so many members, or when members
 * carry averaging weights or are masks; ERR_MODULE when a module is not allowed; what `trainEnsemble` throws.
 *
 * **Source:** Breiman, "Bagging predictors", 1996: members are drawn independently, so k of them are the first k of more.
 */
export async function extendEnsemble(
  ensemble: TrainedEnsemble,
  dataset: Dataset,
  options: ExtendOptions,
  settings: TrainingSettings = {},
): Promise<TrainedEnsemble> {
  return extend(ensemble, dataset, options, onSharedPool(settings));
}

/**
 * Trains and measures the ensemble once per source of chance and seed, and once per seed with all sources on.
 *
 * @param test rows that no member is trained on.
 * @param options as for `trainEnsemble`; `vary` names the sources to compare. @default those that are in use
 * @param comparison how it is done; without a `runner`, on every core.
 * @throws ERR_OPTION for fewer than two members or a number of seeds that is not one; what `trainEnsemble` throws.
 */
export async function compareSources(
  train: Dataset,
  test: Dataset,
  options: TrainingOptions = {},
  comparison: SourcesOptions = {},
): Promise<SourcesReport> {
  return compare(train, test, options, onSharedPool(comparison));
}

// Joining ensembles as programs do it: one with its methods.

import type { TaskKind } from '../data/dataset/dataset.js';
import type { TrainedEnsemble } from '../ensemble/ensemble.js';
import { joinRecords } from '../ensemble/join-ensembles.js';
import { Ensemble } from './ensemble.js';

/**
 * One ensemble of the members of several that were trained on the same dataset with different seeds, such as on several
 * machines. Members keep their random draws, so that out-of-bag figures are over all of them.
 *
 * @param ensembles at least one.
 * @returns the members in their order; those of the second come after all that the first planned, and so on.
 * @throws ERR_OPTION for what is no list of ensembles, when a member is in two of them, when their arithmetic, validation
 * share or preprocessing differ, or for members with averaging weights and for masks; ERR_DATA when the datasets differ,
 * naming both by their hashes.
 *
 * **Source:** Breiman, "Bagging predictors", 1996: members are drawn independently, so those of two ensembles make one.
 */
export function joinEnsembles<Kind extends TaskKind = TaskKind>(
  ensembles: readonly TrainedEnsemble<Kind>[],
): Ensemble<Kind> {
  return new Ensemble(joinRecords(ensembles));
}

// Refitting as programs see it: rows in any form, and every core where no runner is named.

import type { TaskKind } from '../data/dataset/dataset.js';
import type { TrainedEnsemble } from '../ensemble/ensemble.js';
import { onSharedPool } from '../pool/shared-pool.js';
import type { RefitOptions, Refitted } from '../refitting/options.js';
import { datasetOf, type LabelledInputs } from './labelled-rows.js';

/**
 * Trains the members of an ensemble once more, on all rows given: with the settings that they had, each for as many epochs as it was
 * trained before it stopped, and with its averaging weight. Nothing is held out any more, so nothing is left out of bag; what that is worth
 * is said by two more trainings on a part of the rows, unless `checkShare` is 0, or by rows that are `heldOut`.
 *
 *     const { ensemble: final, report } = await refitEnsemble(ensemble, allRows);
 *     console.log(report.check?.comparisons[0]?.scores);
 *
 * @param rows with their truth, best all there are; columns and scales are those of the ensemble, or their own where they are a dataset.
 * @throws ERR_OPTION for masks, distilled nets and ensembles that join several trainings; ERR_SHAPE, ERR_DATA for rows that do not fit the ensemble;
 * ERR_MEMORY; ERR_MODULE; the error of a member that fails.
 */
export async function refitEnsemble<Kind extends TaskKind = TaskKind>(
  ensemble: TrainedEnsemble<Kind>,
  rows: LabelledInputs,
  options?: RefitOptions,
): Promise<Refitted<TrainedEnsemble<Kind>>>;
export async function refitEnsemble(
  ensemble: TrainedEnsemble,
  rows: LabelledInputs,
  options: RefitOptions = {},
): Promise<Refitted> {
  // Loaded when it is asked for: few programs refit.
  const { refitEnsemble: refit } = await import('../refitting/refit.js');
  return refit(ensemble, datasetOf(ensemble, rows), onSharedPool(options));
}

// Distilling as programs see it: rows in any form, and every core where no runner is named.

import type { TaskKind } from '../data/dataset/dataset.js';
import type { Distilled } from '../distillation/distillation.js';
import type { DistillOptions } from '../distillation/options.js';
import type { TrainedEnsemble } from '../ensemble/ensemble.js';
import { onSharedPool } from '../pool/shared-pool.js';
import { datasetOf, type LabelledInputs } from './labelled-rows.js';

/**
 * Distills an ensemble, whatever its members are, into one net that answers as their average does. The net is trained on what
 * the ensemble says of the rows given and of perturbed copies of them: of classes it minimises the divergence
 * KL(ensemble ‖ single), of numbers with variances that of their Gaussians, of others the squared distance. Calibration is part
 * of what it learns; guarantees are to be made anew. The same bytes on any number of threads.
 *
 *     const { ensemble: single, report } = await distillEnsemble(ensemble, train, { heldOut: test });
 *     console.log(report.fidelity.divergence, report.scores);
 *
 * @param rows to learn from, best those it was trained on; targets and classes judge alone. Without `heldOut`, a fifth of them
 * is held out for that.
 * @param options the net's layers are those of the ensemble's largest network unless stated.
 * @throws ERR_OPTION, also for votes; ERR_SHAPE, ERR_DATA for rows that do not fit the ensemble; ERR_MEMORY; ERR_MEMBERS_FAILED when the net
 * diverges; what `predictEnsemble` throws.
 *
 * **Source:** Bucilă, Caruana and Niculescu-Mizil 2006, Model compression; Hinton, Vinyals and Dean 2015, Distilling the
 * knowledge in a neural network.
 */
export async function distillEnsemble<Kind extends TaskKind = TaskKind>(
  ensemble: TrainedEnsemble<Kind>,
  rows: LabelledInputs,
  options?: DistillOptions,
): Promise<Distilled<TrainedEnsemble<Kind>>>;
export async function distillEnsemble(
  ensemble: TrainedEnsemble,
  rows: LabelledInputs,
  options: DistillOptions = {},
): Promise<Distilled<TrainedEnsemble>> {
  // Loaded when it is asked for: few programs distill.
  const { distillEnsemble: distill } = await import('../distillation/distill.js');
  return distill(ensemble, datasetOf(ensemble, rows), onSharedPool(options));
}

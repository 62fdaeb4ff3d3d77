// The masks of a dropout net as programs see them: an ensemble with its methods.

import type { TaskKind } from '../data/dataset/dataset.js';
import type { TrainedEnsemble } from '../ensemble/ensemble.js';
import { type MaskOptions, maskEnsemble as maskRecord } from '../studies/masks/masks.js';
import { Ensemble } from './ensemble.js';

/**
 * The ensemble of a dropout net's sampled masks: everything that predicts, evaluates or measures an ensemble takes it. It
 * cannot be saved, because the net's own bundle and a seed say all of it.
 * @param masks how many, an integer ≥ 1.
 * @throws ERR_OPTION for a number out of range or a member without dropout.
 */
export function maskEnsemble<Kind extends TaskKind = TaskKind>(
  ensemble: TrainedEnsemble<Kind>,
  masks: number,
  options?: MaskOptions,
): Ensemble<Kind> {
  return new Ensemble({ ...maskRecord(ensemble, masks, options), task: ensemble.task });
}

// What a recipe comes to: datasets and a plan, the same in every worker and in Node.js.

import type { Dataset } from '../data/dataset/dataset.js';
import { NOT_YET_FITTED, type TrainedEnsemble, type TrainedMember } from '../ensemble/ensemble.js';
import type { TrainingOptions } from '../model/options/training-options.js';
import type { EnsemblePlan } from '../model/spec.js';
import type { TrainingSettings } from '../training/session/training-settings.js';
import { preparePlan } from '../training/train-ensemble.js';
import { carryOut, type WorkDone, workOf } from '../training/train-plan.js';
import type { Recipe } from './client/protocol.js';
import { datasetsOf } from './datasets.js';

/** What `trainEnsemble` is told of a recipe. */
export function optionsOf({ members, hidden, epochs, bootstrap, seed }: Recipe): TrainingOptions {
  return {
    members,
    hidden: [hidden],
    epochs,
    resample: bootstrap ? 'bootstrap' : 'none',
    earlyStopping: 'none',
    seed,
  };
}

export interface Planned {
  readonly plan: EnsemblePlan;
  readonly train: Dataset<'classification'>;
  readonly test: Dataset<'classification'>;
}

/** Plans a recipe. @throws as `trainEnsemble` for options that make no sense. */
export function planOf(recipe: Recipe): Planned {
  const { train, test } = datasetsOf(recipe.dataset);
  return { plan: preparePlan(train, optionsOf(recipe)), train, test };
}

/**
 * Trains some strands of a plan on the calling thread, as anywhere else.
 * @param only whether a strand, by its key, is trained here.
 */
export function trainStrands(
  { plan, train }: Planned,
  only: (strand: number) => boolean,
  settings: TrainingSettings = {},
): Promise<TrainedEnsemble> {
  return carryOut('trainEnsemble', train, settings, async () => workOf(train, plan, {}, { only }));
}

/** The ensemble that members which were trained elsewhere make, as if it had been trained here: with all that is kept beside them. */
export function collected(
  { plan, train }: Planned,
  members: readonly TrainedMember[],
): Promise<TrainedEnsemble> {
  const done: WorkDone = { kept: members, executors: ['wasm'], only: () => false };
  return carryOut('trainEnsemble', train, {}, async () => workOf(train, plan, {}, done));
}

/** No more than what predicting with members of a plan, and measuring them, takes. */
export function ensembleOf({ plan, train }: Planned, own: readonly TrainedMember[]): TrainedEnsemble {
  const { task, features, encoding, hash: datasetHash } = train;
  const members = [...own].sort((a, b) => a.index - b.index);
  return {
    ...{ plan, task, features, encoding, datasetHash, preprocessing: null, trainedOn: null, members },
    ...{ failures: [], complete: members.length === plan.members.length, wallMs: null, executors: ['wasm'] },
    ...{ baseline: null, ...NOT_YET_FITTED },
  };
}

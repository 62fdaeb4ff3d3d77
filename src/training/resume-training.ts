// Going on with a training that a checkpoint holds.

import type { OpenedCheckpoint } from '../checkpoint/checkpoint.js';
import type { Dataset } from '../data/dataset/dataset.js';
import { modulesOf } from '../engines/registry.js';
import { allowModules } from '../engines/user-modules/allowed-modules.js';
import type { TrainedEnsemble } from '../ensemble/ensemble.js';
import { TuttiError } from '../errors.js';
import { resolveArithmetic } from '../kernels/arithmetic.js';
import { unlessAborted } from '../long-calls.js';
import type { EnsemblePlan } from '../model/spec.js';
import { checkOptions, type OptionTable, option } from '../option-names.js';
import type { TrainingWork } from './coordinator/training-work.js';
import { atPathsOf, locateModules } from './plan/resolve-modules.js';
import {
  type CheckpointPace,
  isolationOf,
  PACE,
  requireOnePace,
  TRAINING_SETTINGS,
  type TrainingSettings,
  throwIfRejected,
} from './session/training-settings.js';
import { carryOut, workOf } from './train-plan.js';

/** How a training is gone on with. */
export interface ResumeSettings extends Omit<TrainingSettings, 'checkpoint'> {
  /** How often members in training are kept from now on. @default as the training was told */
  readonly checkpoint?: CheckpointPace;
  /**
   * Paths of modules whose code may run: whoever made the checkpoint chose what it names. Each must be, by its SHA-256, one
   * that the training uses, wherever it lies now. @default none
   */
  readonly allowModules?: readonly string[];
  /**
   * Goes on although a process of another machine has the folder, which nobody here can look for: only where it is gone.
   * @default false
   */
  readonly takeOver?: boolean;
}

const RESUME_SETTINGS = {
  ...TRAINING_SETTINGS,
  allowModules: option.texts,
  takeOver: option.flag,
} satisfies OptionTable<ResumeSettings>;

/** Goes on with the training of a checkpoint, on the calling thread unless the settings name a runner. */
export async function resumeTraining(
  folder: string,
  dataset: Dataset,
  settings: ResumeSettings = {},
): Promise<TrainedEnsemble> {
  checkOptions('resumeTraining', settings, RESUME_SETTINGS);
  const { checkpoint: pace, allowModules: _, takeOver = false, ...training } = settings;
  if (pace !== undefined) {
    checkOptions('checkpoint', pace, PACE);
    requireOnePace(pace);
  }
  let began: EnsemblePlan | undefined;
  const ensemble = await carryOut('resumeTraining', dataset, training, async () => {
    // Here and not above, since most programs resume nothing.
    const { openCheckpoint } = await import('../checkpoint/checkpoint.js');
    const opened = await openCheckpoint(folder, { takeOver });
    began = opened.training.plan;
    try {
      return await takeUp(opened, folder, dataset, settings);
    } catch (error) {
      await opened.journal.close();
      throw error;
    }
  });
  // Where modules lie now is this process's affair, and in `allowedModules`.
  return began === undefined ? ensemble : { ...ensemble, plan: atPathsOf(ensemble.plan, began) };
}

/** What is left to do. */
async function takeUp(
  { training, content, states, journal }: OpenedCheckpoint,
  folder: string,
  dataset: Dataset,
  settings: ResumeSettings,
): Promise<TrainingWork> {
  const { checkpoint: pace, allowModules: paths = [] } = settings;
  const { plan, datasetHash, policy, trainedOn } = training;
  requireSameDataset(folder, datasetHash, dataset);
  resolveArithmetic(plan.arithmetic);
  const allowed = await allowModules(modulesOf(plan), paths, folder);
  const located = await unlessAborted(locateModules(plan, allowed, isolationOf(settings)), settings.signal);
  throwIfRejected(settings);
  const { executors, streams } = content;
  const keeping = { journal, pace: pace ?? training.pace };
  const kept = [...content.members.values()];
  const { givenUp } = await import('../checkpoint/journal-reader.js');
  const failures = givenUp(content);
  return workOf(dataset, located, policy, {
    ...{ kept, failures, executors, trainedOn, streams, states, keeping },
  });
}

function requireSameDataset(folder: string, datasetHash: string, { hash, rows, features }: Dataset): void {
  if (hash === datasetHash) return;
  const expected = `Expected the dataset that the training in ${folder} began with (${datasetHash})`;
  const message = `${expected}, got another of ${rows} rows × ${features} features (${hash})`;
  throw new TuttiError('ERR_DATA', message, { rows, hash, datasetHash });
}

// Training as programs ask for it: ensembles with their methods instead of plain records, and every core where no runner
// is named.

import type { CheckpointSummary } from '../checkpoint/read-checkpoint.js';
import type { Dataset, TaskKind } from '../data/dataset/dataset.js';
import type { TrainedEnsemble } from '../ensemble/ensemble.js';
import type { LongCallOptions } from '../long-calls.js';
import type { TrainingOptions } from '../model/options/training-options.js';
import { onSharedPool } from '../pool/shared-pool.js';
import { type ResumeSettings, resumeTraining as resumeRecord } from '../training/resume-training.js';
import type { TrainingProgress } from '../training/session/progress.js';
import type { TrainingSettings } from '../training/session/training-settings.js';
import { startTraining as startRecord } from '../training/start-training.js';
import { trainEnsemble as trainRecord } from '../training/train-ensemble.js';
import { Ensemble } from './ensemble.js';

/** A training under way. */
export interface StartedTraining<Kind extends TaskKind = TaskKind> {
  /** What `trainEnsemble` returns, or rejects with. */
  readonly ensemble: Promise<Ensemble<Kind>>;
  /**
   * How far it is, about ten times a second and at the end; whoever looks seldom sees the newest only. It ends with the
   * training, and rejects with what the training rejects with. May be called several times; leaving it stops nothing.
   */
  progress(): AsyncIterableIterator<TrainingProgress>;
  /** Stops it: `ensemble` is then of the members that are finished, maybe none. */
  stop(): void;
}

/**
 * Trains an ensemble on a dataset.
 *
 * @param settings how it is run; without a `runner`, on every core.
 * @returns the ensemble; members that failed are listed in `failures`, the others kept.
 * @throws ERR_OPTION for bad options or what is no dataset, ERR_SHAPE or ERR_DATA for one that does not fit together,
 * ERR_MODULE for a module of the user's that is not there or exports the wrong thing, ERR_ENGINE_MISSING, ERR_MEMORY
 * when it would not fit, ERR_FILE when the threads' file is not found, ERR_THREAD_START when no thread can start,
 * ERR_MEMBERS_FAILED when every member failed, and the signal's reason when stopped (unless `onInterrupt` is 'keep').
 *
 * **Source:** Breiman, "Bagging predictors", 1996; Goodfellow, Bengio, Courville, Deep Learning, 7.11.
 */
export async function trainEnsemble<Kind extends TaskKind = TaskKind>(
  dataset: Dataset<Kind>,
  options?: TrainingOptions,
  settings: TrainingSettings = {},
): Promise<Ensemble<Kind>> {
  return withTask(await trainRecord(dataset, options, onSharedPool(settings)), dataset);
}

/**
 * Starts training an ensemble, to be watched and stopped.
 *
 *     const training = startTraining(train, { members: 16 });
 *     for await (const { done, planned } of training.progress()) console.log(`${done} of ${planned}`);
 *     const ensemble = await training.ensemble;
 *
 * @param settings as for `trainEnsemble`; `stop` always keeps what is finished, the caller's signal as `onInterrupt` says.
 * @returns at once; whatever `trainEnsemble` throws, `ensemble` and `progress` reject with.
 */
export function startTraining<Kind extends TaskKind = TaskKind>(
  dataset: Dataset<Kind>,
  options?: TrainingOptions,
  settings: TrainingSettings = {},
): StartedTraining<Kind> {
  const started = startRecord(dataset, options, onSharedPool(settings));
  const ensemble = started.ensemble.then((record) => withTask(record, dataset));
  // Whoever watches progress alone is told of a failure there.
  ensemble.catch(() => {});
  return { ...started, ensemble };
}

/**
 * Goes on with a training that was kept in a folder by `checkpoint`, and ended before it was done. Finished members are not
 * trained again, those in training go on from where they were last kept; the ensemble is, byte for byte, what the training
 * would have made of it.
 *
 * @param folder where it is kept; it is kept there on.
 * @param dataset the one it began with.
 * @param settings as for `trainEnsemble`; modules of the user's must be allowed (`allowModules`).
 * @throws ERR_CHECKPOINT when the folder is in use, holds no training, what is damaged, or cannot be written; ERR_DATA when
 * the dataset is another, with both hashes; ERR_MODULE when a module is not allowed; what `trainEnsemble` throws.
 */
export async function resumeTraining<Kind extends TaskKind = TaskKind>(
  folder: string,
  dataset: Dataset<Kind>,
  settings: ResumeSettings = {},
): Promise<Ensemble<Kind>> {
  return withTask(await resumeRecord(folder, dataset, onSharedPool(settings)), dataset);
}

/**
 * Reads what a folder of a checkpoint holds. It may be in use meanwhile.
 * @throws ERR_CHECKPOINT when it holds no training, or what is damaged; ERR_FILE when it cannot be read.
 */
export async function readCheckpoint(
  folder: string,
  options: LongCallOptions = {},
): Promise<CheckpointSummary> {
  return (await import('../checkpoint/read-checkpoint.js')).readCheckpoint(folder, options);
}

function withTask<Kind extends TaskKind>(record: TrainedEnsemble, { task }: Dataset<Kind>): Ensemble<Kind> {
  return new Ensemble({ ...record, task });
}

// A training as something to watch and to stop: its progress as it goes, its ensemble once it is there.

import type { Dataset } from '../data/dataset/dataset.js';
import type { TrainedEnsemble } from '../ensemble/ensemble.js';
import { fromWire } from '../errors.js';
import type { TrainingOptions } from '../model/options/training-options.js';
import { endsTraining } from './coordinator/failure-policy.js';
import { Newest } from './newest.js';
import type { TrainingProgress } from './session/progress.js';
import { checkSettings, type TrainingSettings, throwIfRejected } from './session/training-settings.js';
import { trainEnsemble } from './train-ensemble.js';

/** A training under way. */
export interface StartedTraining {
  /** What `trainEnsemble` returns, or rejects with. */
  readonly ensemble: Promise<TrainedEnsemble>;
  /**
   * How far it is, about ten times a second and at the end; whoever looks seldom sees the newest only. It ends with the
   * training, and rejects with what the training rejects with. May be called several times; leaving it stops nothing.
   */
  progress(): AsyncIterableIterator<TrainingProgress>;
  /** Stops it: `ensemble` is then of the members that are finished, maybe none. */
  stop(): void;
}

/** Starts training an ensemble, on the calling thread unless the settings name a runner. */
export function startTraining(
  dataset: Dataset,
  options: TrainingOptions = {},
  settings: TrainingSettings = {},
): StartedTraining {
  const stopping = new AbortController();
  const watched = new Newest<TrainingProgress>();
  const ensemble = train(dataset, options, settings, stopping.signal, (progress) => watched.show(progress));
  ensemble.then(
    () => watched.end(),
    (error: unknown) => watched.fail(error),
  );
  return { ensemble, progress: () => watched.watch(), stop: () => stopping.abort() };
}

async function train(
  dataset: Dataset,
  options: TrainingOptions,
  settings: TrainingSettings,
  stopped: AbortSignal,
  show: (progress: TrainingProgress) => void,
): Promise<TrainedEnsemble> {
  checkSettings('startTraining', settings);
  throwIfRejected(settings);
  const { signal, onProgress } = settings;
  const ensemble = await trainEnsemble(dataset, options, {
    ...settings,
    signal: signal === undefined ? stopped : AbortSignal.any([signal, stopped]),
    onInterrupt: 'keep',
    onProgress(progress) {
      show(progress);
      onProgress?.(progress);
    },
  });
  if (!stopped.aborted) throwIfRejected(settings);
  const ending = ensemble.failures.find(({ error }) => endsTraining({ ...options, ...settings }, error));
  if (ending !== undefined && settings.onInterrupt !== 'keep') throw fromWire(ending.error);
  return ensemble;
}

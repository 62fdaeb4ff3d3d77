// Folds trained and measured on one runner, as many at once as it has threads for.

import type { Dataset } from '../../data/dataset/dataset.js';
import type { Fold } from '../../data/folds.js';
import type { TrainedEnsemble } from '../../ensemble/ensemble.js';
import { predictKnownRows } from '../../ensemble/evaluate/known-rows.js';
import { createMeasurement } from '../../measure/measurement.js';
import { scoreKnownRows } from '../../measure/scores/row-scores.js';
import type { TrainingOptions } from '../../model/options/training-options.js';
import { pickOptions } from '../../option-names.js';
import { combiner } from '../../predictions/aggregate/aggregate.js';
import { aggregators, DEFAULT_AGGREGATOR } from '../../predictions/aggregate/aggregators.js';
import { runCount } from '../../training/options/options.js';
import { TRAINING_SETTINGS, type TrainingSettings } from '../../training/session/training-settings.js';
import { trainEnsemble } from '../../training/train-ensemble.js';
import {
  CROSS_VALIDATION_OPTIONS,
  type CrossValidationOptions,
  type FoldResult,
} from './cross-validation.js';
import { observeFolds } from './fold-progress.js';
import type { FoldSource } from './fold-source.js';
import type { TestedFold } from './out-of-fold.js';

/** A fold that is finished. */
export interface FoldOutcome {
  readonly result: FoldResult;
  readonly tested: TestedFold;
  readonly planned: number;
}

/**
 * Trains and measures the folds, as many at once as there are threads for.
 * @returns false where the signal stopped it and what is finished is kept.
 */
export async function runFolds(
  source: FoldSource,
  folds: readonly Fold[],
  training: TrainingOptions & { readonly seed: number },
  options: CrossValidationOptions,
  keep: (at: number, outcome: FoldOutcome) => void,
): Promise<boolean> {
  const { signal, onInterrupt = 'reject', runner } = options;
  const observer = observeFolds(folds.length, options.onProgress);
  const lanes = Math.min(folds.length, Math.max(1, Math.ceil((runner?.threads ?? 1) / runCount(training))));
  // What fails in one lane ends the others.
  const failed = new AbortController();
  const stop = signal === undefined ? failed.signal : AbortSignal.any([signal, failed.signal]);
  let next = 0;
  const lane = async () => {
    while (next < folds.length && !stop.aborted) {
      const at = next++;
      const settings = { ...options, signal: stop };
      const outcome = await runFold(
        source,
        folds[at]!,
        { ...training, seed: training.seed + at },
        settings,
        (progress) => observer.training(at, progress),
      );
      keep(at, outcome);
      observer.done(at);
    }
  };
  const run = Array.from({ length: lanes }, () =>
    lane().catch((error: unknown) => {
      if (!failed.signal.aborted) failed.abort(error);
    }),
  );
  await Promise.all(run);
  if (signal?.aborted) {
    if (onInterrupt === 'reject') throw signal.reason;
    return false;
  }
  if (failed.signal.aborted) throw failed.signal.reason;
  return true;
}

type TellTraining = NonNullable<TrainingSettings['onProgress']>;

async function runFold(
  source: FoldSource,
  fold: Fold,
  training: TrainingOptions & { readonly seed: number },
  options: CrossValidationOptions,
  onProgress: TellTraining,
): Promise<FoldOutcome> {
  const { runner, signal, retries, onFailure } = TRAINING_SETTINGS;
  const settings = pickOptions(options, { runner, signal, retries, onFailure });
  const { train, test } = source.datasets(fold);
  const ensemble = await trainEnsemble(train, training, { ...settings, onProgress });
  const { known, measurement } = await measureFold(ensemble, test, options);
  const { weights } = source;
  const weighted = { ...known, weights: weights && Float32Array.from(fold.test, (row) => weights[row]!) };
  const { probabilities } = aggregators.get(options.aggregator ?? DEFAULT_AGGREGATOR);
  return {
    planned: ensemble.plan.members.length,
    tested: { fold, memberIndices: ensemble.members.map(({ index }) => index), known: weighted },
    result: {
      ...{ repeat: fold.repeat, fold: fold.fold, seed: training.seed },
      ...{ trainRows: train.rows, testRows: test.rows },
      ...{ members: ensemble.members.length, failures: ensemble.failures, measurement },
      scores: scoreKnownRows(weighted, { replicates: 0, probabilities }),
    },
  };
}

/** Predicts the rows of a fold once, for all that is made of them. */
async function measureFold(ensemble: TrainedEnsemble, test: Dataset, options: CrossValidationOptions) {
  const { clip, runner, signal } = CROSS_VALIDATION_OPTIONS;
  const answering = pickOptions(options, { clip, runner, signal });
  const { task, members } = ensemble;
  const name = options.aggregator ?? DEFAULT_AGGREGATOR;
  const measurement = createMeasurement({
    ...{ task, memberCount: members.length, replicates: 0 },
    aggregator: { name, combine: combiner(name, task) },
  });
  const known = await predictKnownRows(ensemble, test, 'heldOut', {
    ...answering,
    aggregator: name,
    visit: measurement.addBlock,
  });
  return { known: known!, measurement: measurement.finish() };
}

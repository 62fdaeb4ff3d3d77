// Trainings that are paused again and again, for tests that they go on to the same bytes.

import type { Dataset } from '../../src/data/dataset/dataset.js';
import type { TrainingOptions } from '../../src/model/options/training-options.js';
import { resumeTraining } from '../../src/training/resume-training.js';
import type { MemberRunner } from '../../src/training/session/runner.js';
import { createInlineRunner } from '../../src/training/thread/inline-runner.js';
import { trainEnsemble } from '../../src/training/train-ensemble.js';

/** Settings that pause a training after so many epochs of any members. */
function pausedAfter(epochs: number) {
  const stop = new AbortController();
  let left = epochs;
  const onEpochEnd = async () => {
    if (--left === 0) stop.abort();
    return undefined;
  };
  return { signal: stop.signal, onInterrupt: 'keep' as const, onEpochEnd };
}

interface HowPaused {
  /** After so many epochs of any members. */
  readonly every: number;
  readonly runner?: MemberRunner;
  /** That it may run when it goes on. */
  readonly allowModules?: readonly string[];
}

/** Trains, paused again and again after so many epochs. @returns the ensemble, and how often it was. */
export async function trainInPieces(
  dataset: Dataset,
  options: TrainingOptions,
  folder: string,
  { every, runner = createInlineRunner(), allowModules = [] }: HowPaused,
) {
  const settings = () => ({ ...pausedAfter(every), runner });
  let ensemble = await trainEnsemble(dataset, options, { ...settings(), checkpoint: { folder } });
  let pauses = 0;
  const isLeft = () => ensemble.members.length + ensemble.failures.length < ensemble.plan.members.length;
  for (; isLeft(); pauses++)
    ensemble = await resumeTraining(folder, dataset, { ...settings(), allowModules });
  return { ensemble, pauses };
}

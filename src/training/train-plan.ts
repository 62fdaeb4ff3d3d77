// Carries out a plan: checks what every training is given, opens a session with whoever runs it, has its runs trained, and
// closes the session. What is trained when, retries and failures are in coordinator/.

import { isDeepStrictEqual } from 'node:util';
import { requireDataset } from '../data/dataset/check-dataset.js';
import type { Dataset } from '../data/dataset/dataset.js';
import type { Preprocessing } from '../data/preprocessing/preprocessing.js';
import type { TrainedEnsemble, TrainedMember } from '../ensemble/ensemble.js';
import { TuttiError } from '../errors.js';
import type { EnsemblePlan } from '../model/spec.js';
import { checkOptions, requireUses } from '../option-names.js';
import { TrainingRun, type TrainingWork } from './coordinator/training-run.js';
import { listRuns } from './plan/runs.js';
import { listGroups } from './plan/tying.js';
import {
  SETTINGS_USES,
  TRAINING_SETTINGS,
  type TrainingSettings,
  throwIfRejected,
} from './session/training-settings.js';
import { createInlineRunner } from './thread/inline-runner.js';

/**
 * Trains what is planned.
 * @param caller the public function, for messages.
 * @param plan makes the work.
 */
export async function carryOut(
  caller: string,
  dataset: Dataset,
  settings: TrainingSettings,
  plan: () => Promise<TrainingWork>,
): Promise<TrainedEnsemble> {
  const started = performance.now();
  checkOptions(caller, settings, TRAINING_SETTINGS);
  requireUses(settings, SETTINGS_USES);
  throwIfRejected(settings);
  requireDataset(dataset);
  requireOwnPreprocessing(dataset, settings.preprocessing ?? null);
  const runner = settings.runner ?? createInlineRunner();
  // At once, and before anything is awaited: a pool that is closed next waits for this training too.
  const session = runner.open();
  try {
    return await new TrainingRun(await plan(), session, settings, started).finish();
  } finally {
    session.close();
  }
}

/** How a plan is carried out. */
export interface WorkOptions {
  /** Seconds that threads may have a member in hand. */
  readonly deadline: number | undefined;
  /** Members of the plan that are there already. @default none */
  readonly kept?: readonly TrainedMember[];
}

/** The work of a plan: the runs that have members still to train. */
export function workOf(
  dataset: Dataset,
  plan: EnsemblePlan,
  { deadline, kept = [] }: WorkOptions,
): TrainingWork {
  const there = new Set(kept.map(({ index }) => index));
  const runs = listRuns(plan).filter(
    ({ memberIndices }) => !memberIndices.every((index) => there.has(index)),
  );
  const missing = new Set(runs.flatMap(({ memberIndices }) => memberIndices));
  const groups = listGroups(runs, dataset, plan.seed);
  const deadlineMs = 1000 * (deadline ?? Number.POSITIVE_INFINITY);
  // A run is trained whole: those of its members that were there come again, the same.
  return {
    dataset,
    plan,
    runs,
    groups,
    deadlineMs,
    kept: kept.filter(({ index }) => !missing.has(index)),
  };
}

/** How its columns became numbers is the dataset's affair. */
function requireOwnPreprocessing(dataset: Dataset, stated: Preprocessing | null): void {
  if (stated === null || isDeepStrictEqual(stated, dataset.preprocessing)) return;
  const got = dataset.preprocessing === null ? 'one for a dataset of arrays' : 'another';
  const message = `Expected \`preprocessing\` to be that of the dataset, which it carries, got ${got}`;
  throw new TuttiError('ERR_OPTION', message, { option: 'preprocessing' });
}

// The coordinator: turns options into a plan, lays out shared memory, has the runs of the plan trained and
// returns the ensemble. What is trained when, retries and failures are in training-run.ts.

import { isDeepStrictEqual } from 'node:util';
import { requireDataset } from '../data/dataset/check-dataset.js';
import type { Dataset } from '../data/dataset/dataset.js';
import type { Preprocessing } from '../data/preprocessing/preprocessing.js';
import type { Ensemble } from '../ensemble/ensemble.js';
import { TuttiError } from '../errors.js';
import { resolveArithmetic } from '../kernels/arithmetic.js';
import { dropMemory, giveBackMemory } from '../memory/memory-cache.js';
import type { ModuleTable } from '../model/options/module-table.js';
import { memberChoices, resolvePlan } from '../model/options/options.js';
import type { TrainingOptions } from '../model/options/training-options.js';
import type { EnsemblePlan } from '../model/spec.js';
import { checkOptions, requireUses } from '../option-names.js';
import { TrainingRun, type TrainingWork } from './coordinator/training-run.js';
import { requireMemory, resultBytes } from './plan/memory-estimate.js';
import { prepareTraining } from './plan/prepare-training.js';
import { namesModules, resolveModules } from './plan/resolve-modules.js';
import { listRuns } from './plan/runs.js';
import { givenTangents } from './plan/shared-extras.js';
import { listGroups } from './plan/tying.js';
import { SETTINGS_USES, TRAINING_SETTINGS, type TrainingSettings } from './session/training-settings.js';
import { createInlineRunner } from './thread/inline-runner.js';

/**
 * Trains an ensemble on a dataset.
 *
 * @returns the ensemble; members that failed are listed in `failures`, the others kept.
 * @throws ERR_OPTION for bad options or what is no dataset, ERR_SHAPE or ERR_DATA for one that does not fit together, ERR_MODULE for a module of the user's that is not there or exports the wrong
 * thing, ERR_ENGINE_MISSING, ERR_MEMORY when it would not fit, ERR_THREAD_START when no thread of the pool can start,
 * ERR_MEMBERS_FAILED when every member failed, and the signal's reason when stopped (unless `onInterrupt` is 'keep').
 *
 * **Source:** Breiman, "Bagging predictors", 1996; Goodfellow, Bengio, Courville, Deep Learning, 7.11.
 */
export async function trainEnsemble(
  dataset: Dataset,
  options: TrainingOptions = {},
  settings: TrainingSettings = {},
): Promise<Ensemble> {
  const started = performance.now();
  checkOptions('trainEnsemble', settings, TRAINING_SETTINGS);
  requireUses(settings, SETTINGS_USES);
  settings.signal?.throwIfAborted();
  requireDataset(dataset);
  requireOwnPreprocessing(dataset, settings.preprocessing ?? null);
  const runner = settings.runner ?? createInlineRunner();
  const id = `${process.pid}-${++trainings}`;
  // At once, and before anything is awaited: a pool that is closed next waits for this training too.
  runner.begin(id);
  try {
    const work = await prepareWork(id, dataset, options, settings, runner.threads);
    const run = new TrainingRun(work, runner, settings, started);
    try {
      return await run.finish();
    } finally {
      const { memory } = work.training;
      if (run.leavesNobodyBehind) giveBackMemory(memory);
      else dropMemory(memory);
    }
  } finally {
    runner.release(id);
  }
}

let trainings = 0;

/** Reads the user's modules, resolves the plan and lays out its memory. */
async function prepareWork(
  id: string,
  dataset: Dataset,
  options: TrainingOptions,
  { signal }: TrainingSettings,
  threads: number,
): Promise<TrainingWork> {
  // Here and not above, since zod takes as long to load as all the rest.
  const { parseTrainingOptions } = await import('../model/options/training-schema.js');
  const parsed = parseTrainingOptions(options);
  const seed = parsed.seed ?? randomSeed();
  const modules = namesModules(parsed) ? await resolveModules(parsed, dataset, seed) : undefined;
  signal?.throwIfAborted();
  const plan = preparePlan(dataset, { ...parsed, seed }, modules);
  const runs = listRuns(plan);
  const groups = listGroups(runs, dataset, plan.seed);
  const training = prepareTraining(id, dataset, plan, runs, groups, threads);
  const deadlineMs = 1000 * (parsed.deadline ?? Number.POSITIVE_INFINITY);
  return { dataset, plan, training, runs, groups, deadlineMs };
}

/** How its columns became numbers is the dataset's affair. */
function requireOwnPreprocessing(dataset: Dataset, stated: Preprocessing | null): void {
  if (stated === null || isDeepStrictEqual(stated, dataset.preprocessing)) return;
  const got = dataset.preprocessing === null ? 'one for a dataset of arrays' : 'another';
  const message = `Expected \`preprocessing\` to be that of the dataset, which it carries, got ${got}`;
  throw new TuttiError('ERR_OPTION', message, { option: 'preprocessing' });
}

/** Resolves options against a dataset, refusing what cannot fit before a million specs are made. */
export function preparePlan(
  dataset: Dataset,
  options: TrainingOptions,
  modules: ModuleTable = new Map(),
): EnsemblePlan {
  const context = {
    task: dataset.task,
    features: dataset.features,
    tangents: givenTangents(dataset),
    seed: options.seed ?? randomSeed(),
    arithmetic: resolveArithmetic(options.arithmetic ?? 'auto'),
    modules,
  };
  const { choices, total } = memberChoices(options, context);
  requireMemory(resultBytes(choices, total, dataset), `Training ${total} members`);
  return resolvePlan(options, context);
}

/** A seed for those who gave none; it is part of the plan, so the run can be repeated. */
export function randomSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]!;
}

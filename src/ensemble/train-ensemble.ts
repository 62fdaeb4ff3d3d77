// The coordinator: turns options into a plan, lays out shared memory, has the runs of the plan trained and
// returns the ensemble. What is trained when, retries and failures are in training-run.ts.

import type { Dataset } from '../data/dataset.js';
import type { Preprocessing } from '../data/preprocessing.js';
import { resolveArithmetic } from '../kernels/arithmetic.js';
import type { ModuleTable } from '../model/module-options.js';
import { memberChoices, parseTrainingOptions, resolvePlan, type TrainingOptions } from '../model/options.js';
import type { EnsemblePlan } from '../model/spec.js';
import { checkOptions, type OptionTable, option } from '../option-names.js';
import type { Ensemble, TrainedMember } from './ensemble.js';
import type { EpochDecision, EpochEvent } from './job.js';
import { requireMemory, resultBytes } from './memory-estimate.js';
import { prepareTraining } from './prepare-training.js';
import type { TrainingProgress } from './progress.js';
import { namesModules, resolveModules } from './resolve-modules.js';
import { createInlineRunner, type MemberRunner } from './runner.js';
import { listRuns } from './runs.js';
import { givenTangents } from './shared-extras.js';
import { TrainingRun } from './training-run.js';
import { listGroups } from './tying.js';

/** How a training is run; nothing here changes the bytes of a finished member, but a callback's decisions. */
export interface TrainingSettings {
  /** Who runs the members. @default an inline runner on the calling thread */
  readonly runner?: MemberRunner;
  /** Kept in the ensemble, so that it can predict raw rows. */
  readonly preprocessing?: Preprocessing | null;
  /** Stops the training; running members are given up, finished ones kept or not as `onInterrupt` says. */
  readonly signal?: AbortSignal;
  /** `reject` with the signal's reason, or `keep` the finished members. @default 'reject' */
  readonly onInterrupt?: 'reject' | 'keep';
  /** Tries again after a lost thread, per member. @default 1 */
  readonly retries?: number;
  /** Observer, called about ten times a second and at the end; never delays the training. */
  readonly onProgress?: (progress: TrainingProgress) => void;
  /** Observer of finished members, in order of completion. */
  readonly onMember?: (member: TrainedMember) => void;
  /** Awaited at the end of every epoch of every member; what it returns changes the training. */
  readonly onEpochEnd?: (event: EpochEvent) => EpochDecision | undefined | Promise<EpochDecision | undefined>;
}

/** What the settings must be; see src/option-names.ts. */
export const TRAINING_SETTINGS = {
  runner: { expected: 'a runner, such as createPool() makes', holds: isRunner },
  preprocessing: option.orNull(option.object),
  signal: option.signal,
  onInterrupt: option.oneOf('reject', 'keep'),
  retries: option.integer(0),
  onProgress: option.function,
  onMember: option.function,
  onEpochEnd: option.function,
} satisfies OptionTable<TrainingSettings>;

function isRunner(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { threads, run, release } = value as Partial<MemberRunner>;
  return option.integer(1).holds(threads) && typeof run === 'function' && typeof release === 'function';
}

/**
 * Trains an ensemble on a dataset.
 *
 * @returns the ensemble; members that failed are listed in `failures`, the others kept.
 * @throws ERR_OPTION for bad options, ERR_MODULE for a module of the user's that is not there or exports the wrong
 * thing, ERR_ENGINE_MISSING, ERR_MEMORY when it would not fit, ERR_MEMBERS_FAILED when every member failed, and the signal's reason when stopped (unless `onInterrupt` is 'keep').
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
  settings.signal?.throwIfAborted();
  const runner = settings.runner ?? createInlineRunner();
  const parsed = parseTrainingOptions(options);
  const seed = parsed.seed ?? randomSeed();
  // Awaited only where there is something to read: a training must be under way for a pool that is closed next.
  const modules = namesModules(parsed) ? await resolveModules(parsed, dataset, seed) : undefined;
  const plan = preparePlan(dataset, { ...parsed, seed }, modules);
  const runs = listRuns(plan);
  const groups = listGroups(runs, dataset, plan.seed);
  const preprocessing = settings.preprocessing ?? null;
  const training = prepareTraining(dataset, plan, runs, groups, runner.threads, preprocessing);
  const deadlineMs = 1000 * (parsed.deadline ?? Number.POSITIVE_INFINITY);
  const work = { dataset, plan, training, runs, groups, deadlineMs };
  try {
    return await new TrainingRun(work, runner, settings, started).finish();
  } finally {
    runner.release(training.id);
  }
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

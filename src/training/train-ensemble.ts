// Training an ensemble from options: they become a plan, whose runs train-plan.ts has trained.

import type { Dataset } from '../data/dataset/dataset.js';
import { trainingFacts } from '../data/dataset/training-facts.js';
import type { TrainedEnsemble } from '../ensemble/ensemble.js';
import { failOption } from '../errors.js';
import { resolveArithmetic } from '../kernels/arithmetic.js';
import { unlessAborted } from '../long-calls.js';
import { inputRuns } from '../model/input-columns.js';
import type { ModuleTable } from '../model/options/module-table.js';
import type { TrainingOptions } from '../model/options/training-options.js';
import { type EnsemblePlan, hasEpochs, type MemberSpec } from '../model/spec.js';
import { asGiven } from '../option-names.js';
import type { TrainingWork } from './coordinator/training-work.js';
import { memberChoices, resolvePlan } from './options/options.js';
import { namesModules, resolveModules } from './plan/resolve-modules.js';
import { givenTangents } from './plan/shared-extras.js';
import { requireMemoryOfResults } from './plan/training-need.js';
import { isolationOf, type TrainingSettings, throwIfRejected } from './session/training-settings.js';
import { carryOut, workOf } from './train-plan.js';

/** Trains an ensemble on a dataset, on the calling thread unless the settings name a runner. */
export async function trainEnsemble(
  dataset: Dataset,
  options: TrainingOptions = {},
  settings: TrainingSettings = {},
): Promise<TrainedEnsemble> {
  const given = asGiven(options);
  return carryOut('trainEnsemble', dataset, settings, () => planWork(dataset, given, settings));
}

/** Reads the user's modules and resolves the plan. */
export async function planWork(
  dataset: Dataset,
  options: TrainingOptions,
  settings: TrainingSettings,
): Promise<TrainingWork> {
  // Here and not above, since zod takes as long to load as all the rest.
  const { parseTrainingOptions } = await import('./options/training-schema.js');
  const parsed = parseTrainingOptions(options);
  const seed = parsed.seed ?? randomSeed();
  const modules = namesModules(parsed)
    ? await unlessAborted(resolveModules(parsed, dataset, seed, isolationOf(settings)), settings.signal)
    : undefined;
  throwIfRejected(settings);
  const plan = preparePlan(dataset, { ...parsed, seed }, modules);
  return workOf(dataset, plan, parsed);
}

/** Resolves options against a dataset, refusing what cannot fit before a million specs are made. */
export function preparePlan(
  dataset: Dataset,
  options: TrainingOptions,
  modules: ModuleTable = new Map(),
): EnsemblePlan {
  const context = {
    task: dataset.task,
    rows: dataset.rows,
    features: dataset.features,
    inputColumns: inputRuns(dataset.preprocessing),
    tangents: givenTangents(dataset),
    seed: options.seed ?? randomSeed(),
    arithmetic: resolveArithmetic(options.arithmetic ?? 'auto'),
    modules,
  };
  const { choices, total } = memberChoices(options, context);
  requireMemoryOfResults(choices, total, dataset);
  requireCounts(choices, dataset);
  return resolvePlan(options, context);
}

/** @throws ERR_OPTION for members of the Poisson loss where a target is negative, or 0 in every row. */
function requireCounts(choices: readonly MemberSpec[], dataset: Dataset): void {
  requireLabels(choices, dataset);
  if (!choices.some((spec) => hasEpochs(spec) && spec.loss === 'poisson')) return;
  const { targetRange } = trainingFacts(dataset);
  if (dataset.task.kind !== 'regression' || targetRange === null) return;
  for (const [at, target] of dataset.task.targets.entries()) {
    const [low, high] = [targetRange.low[at]!, targetRange.high[at]!];
    const expected = `other than poisson, which is for numbers ≥ 0 that are not all 0 (${target}: ${low} to ${high})`;
    if (low < 0 || high === 0) failOption('loss', expected, 'poisson');
  }
}

/** @throws ERR_OPTION for members of the loss of labels where a target is neither 0 nor 1. */
function requireLabels(choices: readonly MemberSpec[], { task, targets }: Dataset): void {
  if (!choices.some((spec) => hasEpochs(spec) && spec.loss === 'multilabel')) return;
  const at = targets.findIndex((value) => value !== 0 && value !== 1);
  if (at < 0 || task.kind !== 'regression') return;
  const name = task.targets[at % task.targets.length]!;
  const expected = `other than multilabel, which is for targets of 0 and 1 (${name}: ${targets[at]})`;
  failOption('loss', expected, 'multilabel');
}

/** A seed for those who gave none; it is part of the plan, so the run can be repeated. */
export function randomSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]!;
}

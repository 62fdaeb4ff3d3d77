// Plans as programs ask for them: written once, trained anywhere in parts, collected as an ensemble with its methods. What they
// need is loaded when they are called, since most programs plan nothing.

import type { Dataset, TaskKind } from '../data/dataset/dataset.js';
import type { LongCallOptions } from '../long-calls.js';
import type { TrainingOptions } from '../model/options/training-options.js';
import type { CollectPlanOptions } from '../plan-folder/collect-plan.js';
import type { PlanSummary } from '../plan-folder/read-plan.js';
import type { TrainedPart, TrainPlannedSettings } from '../plan-folder/train-planned.js';
import type { WritePlanOptions } from '../plan-folder/write-plan.js';
import { onSharedPool } from '../pool/shared-pool.js';
import { Ensemble } from './ensemble.js';

/** What a plan came to. */
export interface CollectedPlan<Kind extends TaskKind = TaskKind> {
  readonly ensemble: Ensemble<Kind>;
  /** The rows that it was trained on, and those to test on; null where the plan has none. */
  readonly train: Dataset;
  readonly test: Dataset | null;
  /** What the caller of `writePlan` left there; null for nothing. */
  readonly note: unknown;
}

/**
 * Plans a training: what `trainEnsemble` would train, and the rows it would train it on, as a folder from which any number of
 * machines train members (`trainPlanned`), and that becomes the ensemble of one training, byte for byte (`collectPlan`).
 *
 * @param folder is made; one that holds the same plan keeps what is trained of it.
 * @param options as for `trainEnsemble`. Members that are tied, and the snapshots of a run, are trained together.
 * @throws ERR_PLAN for a folder that holds another plan, or other files; ERR_SHAPE for `test` of other columns; ERR_STORE when
 * it cannot be written; what `trainEnsemble` throws before it trains.
 */
export async function writePlan(
  folder: string,
  dataset: Dataset,
  options?: TrainingOptions,
  settings: WritePlanOptions = {},
): Promise<PlanSummary> {
  return (await import('../plan-folder/write-plan.js')).writePlan(folder, dataset, options, settings);
}

/**
 * Reads what a plan holds, and which of its members are trained, by the names of its results alone. Others may train meanwhile.
 * @throws ERR_PLAN when the folder holds no plan, or what is damaged; ERR_STORE when it cannot be read.
 */
export async function readPlan(folder: string, options: LongCallOptions = {}): Promise<PlanSummary> {
  return (await import('../plan-folder/read-plan.js')).readPlan(folder, options);
}

/**
 * Trains members of a plan. Each is written when it is done, whole or not at all, and one that is there is not trained again: so
 * it may be stopped, killed, called again, and called by several at once. One that was stopped, or killed, goes on from where it
 * was last kept, on another machine too.
 *
 * @param settings without a `runner`, on every core. An aborted `signal` keeps where members are at their epochs' ends.
 * @throws ERR_PLAN when the folder holds no plan, one of another version of tutti, or what is damaged; ERR_HOST_DIFFERS when two
 * hosts left different bytes for a member; ERR_MODULE when a module is not allowed; ERR_STORE when the folder cannot be read or
 * written; what `trainEnsemble` throws, but for members that fail, which are listed; the signal's reason when stopped.
 */
export async function trainPlanned(
  folder: string,
  settings: TrainPlannedSettings = {},
): Promise<TrainedPart> {
  return (await import('../plan-folder/train-planned.js')).trainPlanned(folder, onSharedPool(settings));
}

/**
 * Makes one ensemble of all that was trained of a plan: the one that `trainEnsemble` would have made, the same bytes.
 * @throws ERR_PLAN when members are missing, unless they are left out, or when results are damaged, with their files;
 * ERR_HOST_DIFFERS when two hosts left different bytes for a member; ERR_MEMBERS_FAILED when every member failed; ERR_MODULE;
 * ERR_STORE.
 */
export async function collectPlan<Kind extends TaskKind = TaskKind>(
  folder: string,
  options: CollectPlanOptions = {},
): Promise<CollectedPlan<Kind>> {
  const collected = await (await import('../plan-folder/collect-plan.js')).collectPlan(folder, options);
  return { ...collected, ensemble: new Ensemble(collected.ensemble) as Ensemble<Kind> };
}

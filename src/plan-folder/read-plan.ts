// What a plan holds and how much of it is trained, for whoever wants to know before going on with it.

import { requireFolderPath } from '../files/folder.js';
import { LONG_CALL_OPTIONS, type LongCallOptions } from '../long-calls.js';
import type { EnsemblePlan } from '../model/spec.js';
import { checkOptions } from '../option-names.js';
import { listResults, type OpenedPlan, openPlan, type PlannedStrand } from './open-plan.js';

/** A plan, and which of its members are trained. */
export interface PlanSummary {
  readonly plan: EnsemblePlan;
  /** Of the dataset that it is trained on. */
  readonly datasetHash: string;
  /** SHA-256 of all that determines the members' bytes, which results name. */
  readonly hash: string;
  /** Members that are trained together: alone, the snapshots of a run, a tied group. */
  readonly strands: readonly PlannedStrand[];
  /** Members that there are results of, by their places in the plan and by the names of files alone: trained, or failed for good. */
  readonly settled: readonly number[];
  /** Members that failed in a way that may not come again; training them tries again. */
  readonly again: readonly number[];
  /** All others. */
  readonly missing: readonly number[];
  /** What the caller of `writePlan` left there; null for nothing. */
  readonly note: unknown;
}

/** Reads what a plan holds, and which results there are, without reading them. Others may train meanwhile. */
export async function readPlan(folder: string, options: LongCallOptions = {}): Promise<PlanSummary> {
  checkOptions('readPlan', options, LONG_CALL_OPTIONS);
  const { signal } = options;
  signal?.throwIfAborted();
  requireFolderPath(folder);
  return summaryOf(await openPlan(folder, signal));
}

/** What there is of a plan that is open. @throws ERR_STORE when its folder cannot be read. */
export async function summaryOf({ folder, plan, strands }: OpenedPlan): Promise<PlanSummary> {
  const results = await listResults(folder);
  const standing = { settled: [] as number[], again: [] as number[], missing: [] as number[] };
  for (const { key, members } of strands) {
    const names = results.get(key) ?? [];
    const known =
      names.length === 0 ? 'missing' : names.some(({ hash }) => hash !== null) ? 'settled' : 'again';
    standing[known].push(...members);
  }
  for (const list of Object.values(standing)) list.sort((a, b) => a - b);
  return {
    ...{ plan: plan.plan, datasetHash: plan.datasetHash, hash: plan.hash, strands, ...standing },
    note: plan.note,
  };
}

// The memory of a training: how large, for how many slots, and what lies in it before the first job.

import { isMade } from '../../data/dataset/check-dataset.js';
import type { Dataset } from '../../data/dataset/dataset.js';
import { drawResample } from '../../data/resample.js';
import { engineOf } from '../../engines/registry.js';
import { type CandidateRows, drawCandidates } from '../../ensemble/member-rows.js';
import { executorCode } from '../../kernels/executor-choice.js';
import { alignRegion, layoutTraining, type TrainingLayout, writeDataset } from '../../memory/layout.js';
import { type LentMemory, lendMemory, noteContent } from '../../memory/memory-cache.js';
import type { EnsemblePlan, MemberSpec } from '../../model/spec.js';
import { requireMemory, resultBytes } from '../plan/memory-limit.js';
import { beginnings, type Run, restingBytes } from '../plan/runs.js';
import { sharedExtras, writeExtras } from '../plan/shared-extras.js';
import type { TyingGroup } from '../plan/tying.js';
import type { PlannedTraining } from '../session/session.js';
import type { TrainingShare } from './local-job.js';

/**
 * Lays out a training for at most `threads` slots and copies the dataset into its memory.
 * @throws ERR_MEMORY when it would not fit.
 */
export function prepareTraining(
  { dataset, plan, runs, groups, reseeds = 0 }: PlannedTraining,
  threads: number,
): TrainingShare {
  const rows = drawCandidates(plan, dataset);
  const { candidates, validation } = rows;
  const exact = groups.filter(({ tying }) => tying.mode === 'exact');
  const together = exact.reduce((sum, group) => sum + group.runs.length - 1, 0);
  const slots = Math.min(threads, runs.length - together);
  const bytesOf = arenaBytesOf(dataset, plan, rows);
  const bytes = slotArenaBytes(runs, exact, (run) =>
    Math.max(...beginnings(plan, run, reseeds).map(bytesOf)),
  );
  const layout = layoutTraining(
    dataset,
    { candidates: candidates.length, validation: validation.length },
    slots,
    bytes,
    sharedExtras(plan, dataset),
  );
  const what = `Training on ${dataset.rows} rows × ${dataset.features} features with ${slots} threads`;
  // Finished members are there beside those in training.
  const results = resultBytes(plan.members, plan.members.length, dataset);
  const working = layout.totalBytes + restingBytes(runs, dataset, slots, reseeds);
  requireMemory(working + results, what);
  const { memory, name: memoryName } = lendWithDataset(dataset, layout, what);
  writeExtras(memory.buffer, layout, plan, dataset, candidates);
  new Uint32Array(memory.buffer, layout.candidates.offset, candidates.length).set(candidates);
  new Uint32Array(memory.buffer, layout.validation.offset, validation.length).set(validation);
  return {
    executor: executorCode(plan.arithmetic),
    ...{ arithmetic: plan.arithmetic, memory, memoryName },
    layout,
    task: dataset.task,
    seed: plan.seed,
  };
}

/** A memory with the dataset in it; the features of a dataset that was trained on just before may still be there. */
function lendWithDataset(dataset: Dataset, layout: TrainingLayout, what: string): LentMemory {
  const { x, xStrideBytes, rows } = layout.dataset;
  const features = isMade(dataset) ? { of: dataset, start: x, end: x + rows * xStrideBytes } : null;
  const loan = lendMemory(layout.totalBytes, what, features);
  writeDataset(loan.memory.buffer, layout.dataset, dataset, loan.holds);
  if (features !== null) noteContent(loan.memory, features);
  return loan;
}

/** Bytes of the largest arena any slot needs: of one member, or of all members of a group in lockstep. */
function slotArenaBytes(
  runs: readonly Run[],
  exact: readonly TyingGroup[],
  bytesOf: (run: Run) => number,
): number {
  const single = runs.reduce((largest, run) => Math.max(largest, bytesOf(run)), 0);
  const together = exact.map((group) => group.runs.reduce((sum, run) => sum + bytesOf(run), 0));
  return Math.max(single, ...together);
}

/** Bytes of the arena of a member. */
function arenaBytesOf(
  dataset: Dataset,
  plan: EnsemblePlan,
  rows: CandidateRows,
): (member: MemberSpec) => number {
  const evaluated = Math.max(rows.candidates.length, rows.validation.length);
  const known = new Map<string, number>();
  return (member) => {
    const { training } = engineOf(member);
    if (training.by !== 'epochs' || training.arenaBytes === undefined) return 0;
    const inBag = resampleLength(member, plan.seed, dataset, rows);
    const { streams: _, ...rest } = member;
    const key = JSON.stringify([rest, inBag]);
    const bytes =
      known.get(key) ?? training.arenaBytes(member, dataset.features, dataset.task, { inBag, evaluated });
    known.set(key, bytes);
    return alignRegion(bytes);
  };
}

/** Only groups make the length depend on the draw; the others never draw more than there is. */
function resampleLength(member: MemberSpec, seed: number, dataset: Dataset, rows: CandidateRows): number {
  const { candidates } = rows;
  if (member.resample.kind === 'stratified') return candidates.length + outputClasses(dataset);
  if (member.resample.kind !== 'grouped') return candidates.length;
  return drawResample(member.resample, seed, member.streams.resample, dataset, candidates).length;
}

/** Rounding within each class can add at most one row per class. */
function outputClasses(dataset: Dataset): number {
  return dataset.task.kind === 'classification' ? dataset.task.classes.length : 0;
}

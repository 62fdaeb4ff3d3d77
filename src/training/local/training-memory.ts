// The memory of a training: how large, for how many slots, and what lies in it before the first job.

import { isMade } from '../../data/dataset/check-dataset.js';
import type { Dataset } from '../../data/dataset/dataset.js';
import { drawResample } from '../../data/resample.js';
import { engineOf } from '../../engines/registry.js';
import { type CandidateRows, drawCandidates } from '../../ensemble/member-rows.js';
import { executorCode } from '../../kernels/executor-choice.js';
import {
  alignRegion,
  layoutTraining,
  MAX_MEMORY_BYTES,
  type TrainingLayout,
  writeDataset,
} from '../../memory/layout.js';
import { type LentMemory, lendMemory, noteContent } from '../../memory/memory-cache.js';
import type { EnsemblePlan, MemberSpec } from '../../model/spec.js';
import { beginnings, type Run } from '../plan/runs.js';
import { sharedExtras, writeExtras } from '../plan/shared-extras.js';
import { slotsThatFit, stateBytesOf, type TrainingNeed, trainingNeed } from '../plan/training-need.js';
import type { TyingGroup } from '../plan/tying.js';
import type { PlannedTraining } from '../session/session.js';
import type { TrainingShare } from './local-job.js';

/** A training whose memory is laid out, and not taken yet. */
export interface LaidOutTraining {
  readonly training: PlannedTraining;
  readonly rows: CandidateRows;
  /** As many slots as could be used. */
  readonly wanted: number;
  readonly layoutFor: (slots: number) => TrainingLayout;
  readonly need: TrainingNeed;
}

/** Who will run it. */
export interface SlotHosts {
  /** Slots that it may have, at most. */
  readonly threads: number;
  /** Whether jobs that run a user's module have a process each. */
  readonly apart?: boolean;
}

/** Lays out a training for as many slots as there may be. */
export function layOutTraining(
  training: PlannedTraining,
  { threads, apart = false }: SlotHosts,
): LaidOutTraining {
  const { dataset, plan, runs, groups, reseeds = 0, keepsStates = false } = training;
  const rows = drawCandidates(plan, dataset);
  const { candidates, validation } = rows;
  const exact = groups.filter(({ tying }) => tying.mode === 'exact');
  const together = exact.reduce((sum, group) => sum + group.runs.length - 1, 0);
  const bytesOf = arenaBytesOf(dataset, plan, rows);
  const bytes = slotBytes(runs, exact, (run) => Math.max(...beginnings(plan, run, reseeds).map(bytesOf)));
  const counts = { candidates: candidates.length, validation: validation.length };
  const extras = sharedExtras(plan, dataset);
  const layoutFor = (slots: number) => layoutTraining(dataset, counts, slots, bytes, extras);
  const wanted = Math.min(threads, runs.length - together);
  const stateBytes = keepsStates ? slotBytes(runs, exact, ({ spec }) => stateBytesOf(spec, dataset)) : 0;
  const slot = { arenaBytes: alignRegion(bytes), stateBytes, apart, candidates: candidates.length };
  const need = trainingNeed(training, layoutFor(1).arenas, slot);
  return { training, rows, wanted, layoutFor, need };
}

/** What threads are handed, and why there are fewer slots than could be used; null where there are not. */
export interface PreparedMemory {
  readonly share: TrainingShare;
  readonly fewerThreads: string | null;
}

/**
 * Takes the memory of a training for as many slots as there is memory for, and copies the dataset into it.
 * @throws ERR_MEMORY when there is none even for one.
 */
export function takeMemory({ training, rows, wanted, layoutFor, need }: LaidOutTraining): PreparedMemory {
  const { dataset, plan } = training;
  const { candidates, validation } = rows;
  const what = `Training on ${dataset.rows} rows × ${dataset.features} features`;
  const isShared = (slots: number) => layoutFor(slots).totalBytes <= MAX_MEMORY_BYTES;
  const { slots, fewerThreads } = slotsThatFit(need, isShared, wanted, what);
  const layout = layoutFor(slots);
  const { memory, name: memoryName } = lendWithDataset(dataset, layout, what);
  writeExtras(memory.buffer, layout, plan, dataset, candidates);
  new Uint32Array(memory.buffer, layout.candidates.offset, candidates.length).set(candidates);
  new Uint32Array(memory.buffer, layout.validation.offset, validation.length).set(validation);
  const share: TrainingShare = {
    executor: executorCode(plan.arithmetic),
    ...{ arithmetic: plan.arithmetic, memory, memoryName },
    layout,
    task: dataset.task,
    targets: dataset.encoding.targets,
    seed: plan.seed,
  };
  return { share, fewerThreads };
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
function slotBytes(
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

// Progress of a training as observers see it: read from its session on a timer, never awaited by any thread.

import type { SlotProgress } from '../../memory/control-block.js';

/** A host of a cluster, as far as a training has heard of it. */
export interface HostProgress {
  readonly name: string;
  /** Tasks that it has in hand, and that it has done. */
  readonly running: number;
  readonly done: number;
}

export interface TrainingProgress {
  /** Members planned, finished and failed so far. */
  readonly planned: number;
  readonly done: number;
  readonly failed: number;
  readonly elapsedMs: number;
  /** Estimated from the share of the work done; null before there is any. */
  readonly remainingMs: number | null;
  /** Mean of the running members' last epoch losses, or of the last finished member. */
  readonly loss: number | null;
  /** One per member that may run at once; on a cluster, per member that is in training. */
  readonly slots: readonly SlotProgress[];
  /** The hosts of a cluster that have trained or are training members; null where that is this machine alone. */
  readonly hosts: readonly HostProgress[] | null;
  /** Why fewer members run at once than could: what they need of memory, and what there is. Null where they do not. */
  readonly fewerThreads: string | null;
}

/** Counts the coordinator keeps beside the slots' own records. */
export interface ProgressCounts {
  readonly planned: number;
  readonly done: number;
  readonly failed: number;
  /** Work done on members that rest between jobs, in members. */
  readonly resting: number;
  /** How many members a slot's record stands for: those of a group in lockstep, else one. */
  readonly membersOfSlot: ReadonlyMap<number, number>;
  readonly lastLoss: number | null;
  readonly fewerThreads: string | null;
}

export function readProgress(
  slots: readonly SlotProgress[],
  hosts: readonly HostProgress[] | null,
  counts: ProgressCounts,
  elapsedMs: number,
): TrainingProgress {
  const { planned, done, failed, resting, membersOfSlot, lastLoss, fewerThreads } = counts;
  const running = slots.reduce((sum, { slot, share }) => sum + share * (membersOfSlot.get(slot) ?? 1), 0);
  const work = done + failed + resting + running;
  const losses = slots.map(({ loss }) => loss).filter((loss) => loss !== null);
  return {
    planned,
    done,
    failed,
    elapsedMs,
    remainingMs: work > 0 ? (elapsedMs * Math.max(0, planned - work)) / work : null,
    loss: losses.length > 0 ? losses.reduce((sum, loss) => sum + loss, 0) / losses.length : lastLoss,
    slots,
    hosts,
    fewerThreads,
  };
}

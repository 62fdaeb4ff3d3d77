// One training on whoever runs its members: threads of this machine, the calling thread, another machine. Where its data
// lies, how it is stopped and how progress is told are the session's secrets. It has no policy: order, retries, deadlines
// and what is kept are decided in coordinator/.

import type { Dataset } from '../../data/dataset/dataset.js';
import type { TuttiError } from '../../errors.js';
import type { SlotProgress } from '../../memory/control-block.js';
import type { EnsemblePlan } from '../../model/spec.js';
import type { Run } from '../plan/runs.js';
import type { TyingGroup } from '../plan/tying.js';
import type { CheckpointPace } from './checkpoint-pace.js';
import type { Job, JobHooks, MemberOutcome } from './job.js';
import type { HostProgress } from './progress.js';

/** What is to be trained. */
export interface PlannedTraining {
  readonly dataset: Dataset;
  readonly plan: EnsemblePlan;
  /** Runs of the plan that have members still to train. */
  readonly runs: readonly Run[];
  readonly groups: readonly TyingGroup[];
  /** How often a run may begin again with other streams, which may draw more rows. @default 0 */
  readonly reseeds?: number;
  /** Whether members are handed over while they are trained, for a checkpoint. @default false */
  readonly keepsStates?: boolean;
  /** How often they are wanted then. */
  readonly pace?: CheckpointPace;
}

/** What a session has for a training. */
export interface PreparedSession {
  /** How many jobs may run at once: as many slots there are, numbered from 0. */
  readonly slots: number;
  /** Why there are fewer slots than could be used; null where there are not. */
  readonly fewerThreads: string | null;
}

/** Members that may not be what their plan says, and why. */
export interface Doubt {
  readonly error: TuttiError;
  /** Members that were delivered, or are in training, and may be wrong. */
  readonly members: readonly number[];
}

export interface Session {
  /**
   * Takes the dataset and whatever memory members need, before the first job.
   * @throws ERR_MEMORY when it would not fit; ERR_EXECUTOR; ERR_STORE, ERR_MODULE where it must be brought to other hosts first.
   */
  prepare(training: PlannedTraining): Promise<PreparedSession>;
  /**
   * Runs one job to its end.
   * @returns one outcome per member of the job.
   * @param signal aborting it ends the job, and the thread if that is what it takes; when this then rejects, nothing of
   * the job writes to its slot any more, unless it is with ERR_THREAD_BLOCKED. Used when a thread does not answer the
   * stop, or a member its deadline.
   * @throws ERR_THREAD_LOST when its thread died; ERR_THREAD_START when none could start; ERR_THREAD_BLOCKED when it
   * cannot be ended; ERR_CANCELLED when the runner has ended; ERR_HOST_LOST when every host that had it was lost; ERR_TASK or
   * ERR_BLOB when none answers with what can be used; ERR_HOST_DIFFERS when nothing more is to be trained before
   * somebody has looked (`settled` says more); what the member itself threw otherwise.
   */
  run(job: Job, hooks: JobHooks, signal: AbortSignal): Promise<readonly MemberOutcome[]>;
  /** Asks every job to stop at its next step; those that do are `stopped`. */
  stop(): void;
  /** Asks every job to end with its epoch; those that do are `paused`. What has no epochs and has not begun is `stopped`. */
  pause(): void;
  /**
   * Asks every job to end its members with their epoch, as they were at their best: they are `advanced` and over. What has not
   * begun is `stopped`. Where a session cannot ask, members are trained on.
   */
  deliver?(): void;
  /** Asks a slot's job to hand over its members once, at the end of this epoch or a later one; null: not to. */
  want(slot: number, epoch: number | null): void;
  /** Whether the job of a slot is in hand; before that it waits for a thread. */
  isTaken(slot: number): boolean;
  /** How often it was taken up, where another host may take up what one was lost with; 0 while it waits. */
  takings?(slot: number): number;
  /** What slots are doing: all of them, or those that do anything. */
  progress(): readonly SlotProgress[];
  /** The hosts that members are trained on; null where that is this machine alone. */
  hosts(): readonly HostProgress[] | null;
  /** What has run the kernels of members so far, each once; none where no member had any. */
  executors(): readonly string[];
  /**
   * No job is left: resolves when the session knows what it was still to find out about those that there were.
   * @returns what must not be kept of them; null where nothing is in doubt.
   */
  settled(): Promise<Doubt | null>;
  /** The training has ended, however it ended; once is enough. */
  close(): void;
}

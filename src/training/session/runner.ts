// What training needs of whoever runs members: the pool, the inline runner and later a cluster implement it.
// A runner has no policy: order, retries and stopping are decided in training-run.ts.

import type { EpochHook, Job, MemberOutcome } from './job.js';

export interface MemberRunner {
  /** Members that may run at once: arenas the training lays out. */
  readonly threads: number;
  /**
   * Told when a training begins, before any of its jobs.
   * @throws ERR_CANCELLED when the runner has ended, or is about to; ERR_OPTION when the training could never end.
   */
  begin(trainingId: string): void;
  /**
   * Runs one job to its end.
   * @returns one outcome per member of the job.
   * @param signal aborting it ends the job, and the thread if that is what it takes; when this then rejects, nothing of
   * the job writes to its slot any more, unless it is with ERR_THREAD_BLOCKED. Used when a thread does not answer the
   * stop flag, or a member its deadline.
   * @throws ERR_THREAD_LOST when its thread died; ERR_THREAD_START when none could start; ERR_THREAD_BLOCKED when it
   * cannot be ended; what the member itself threw otherwise.
   */
  run(job: Job, onEpochEnd: EpochHook | undefined, signal: AbortSignal): Promise<readonly MemberOutcome[]>;
  /** Told when a training ends, however it ends. */
  release(trainingId: string): void;
}

/** Whether a value of a caller's is a runner. */
export function isMemberRunner(value: unknown): value is MemberRunner {
  if (typeof value !== 'object' || value === null) return false;
  const { threads, begin, run, release } = value as Partial<Record<keyof MemberRunner, unknown>>;
  const functions = [begin, run, release].every((member) => typeof member === 'function');
  return functions && Number.isSafeInteger(threads) && (threads as number) >= 1;
}

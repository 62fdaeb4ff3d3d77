// What training needs of whoever runs members: the pool, the inline runner and later a cluster implement it.
// A runner has no policy: order, retries and stopping are decided in training-run.ts.

import { TuttiError } from '../errors.js';
import { kernelsOf } from '../kernels/kernels.js';
import { hasEpochs } from '../model/spec.js';
import type { EpochHook, Job, MemberOutcome } from './job.js';
import { runJob } from './run-job.js';

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

/**
 * Runs members on the calling thread, one after the other, with the same bytes as any pool. There is no other thread
 * to end one from: a member is stopped at the end of an epoch, a learner while it awaits something, and a learner
 * that never gives the thread back not at all, whatever its deadline; it needs a pool.
 */
export function createInlineRunner(): MemberRunner {
  return {
    threads: 1,
    begin() {},
    async run(job, onEpochEnd, signal) {
      const aborted = abortion(signal, job.member);
      const { module, memory } = job.training;
      const work = runJob(job, kernelsOf(module, memory), async (event) => {
        // The only thread there is must also serve progress, timers and signals.
        await new Promise((resolve) => setImmediate(resolve));
        if (signal.aborted) throw stopped(job.member);
        return onEpochEnd === undefined ? undefined : await Promise.race([onEpochEnd(event), aborted]);
      });
      // A learner that awaits something cannot be stopped and is left to itself: it has copies of its rows and no
      // arena. Whatever works in the slot's arena stops at its epoch's end and is waited for.
      return hasArena(job) ? work : Promise.race([work, aborted]);
    },
    release() {},
  };
}

function hasArena(job: Job): boolean {
  return job.kind === 'group' || hasEpochs(job.spec);
}

/** Rejects when the signal is aborted. */
function abortion(signal: AbortSignal, member: number): Promise<never> {
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(stopped(member)), { once: true });
  });
  // It may come when nobody waits for it any more.
  aborted.catch(() => {});
  return aborted;
}

function stopped(member: number): TuttiError {
  return new TuttiError('ERR_CANCELLED', `Member ${member} was stopped`, { member });
}

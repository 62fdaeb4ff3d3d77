// What training needs of whoever runs members: the pool, the inline runner and later a cluster implement it.
// A runner has no policy: order, retries and stopping are decided in train-ensemble.ts.

import { TuttiError } from '../errors.js';
import type { EpochHook, Job, MemberOutcome } from './job.js';
import { createKernelBindings } from './kernel-bindings.js';
import { runJob } from './run-job.js';

export interface MemberRunner {
  /** Members that may run at once: arenas the training lays out. */
  readonly threads: number;
  /**
   * Runs one job to its end.
   * @returns one outcome per member of the job.
   * @param signal aborting it ends the job, and the thread if that is what it takes; when this then rejects, nothing of
   * the job is running any more. Used when a thread does not answer the stop flag, or a member its deadline.
   * @throws ERR_THREAD_LOST when its thread died; what the member itself threw otherwise.
   */
  run(job: Job, onEpochEnd: EpochHook | undefined, signal: AbortSignal): Promise<readonly MemberOutcome[]>;
  /** Told when a training ends, so that threads drop its memory. */
  release(trainingId: string): void;
}

/**
 * Runs members on the calling thread, one after the other, with the same bytes as any pool. There is no other thread
 * to end one from: a member is stopped at the end of an epoch, a learner while it awaits something, and a learner
 * that never gives the thread back not at all, whatever its deadline; it needs a pool.
 */
export function createInlineRunner(): MemberRunner {
  const kernels = createKernelBindings();
  return {
    threads: 1,
    async run(job, onEpochEnd, signal) {
      const work = runJob(job, kernels.of(job.training), async (event) => {
        // The only thread there is must also serve progress, timers and signals.
        await new Promise((resolve) => setImmediate(resolve));
        const decision = await onEpochEnd?.(event);
        if (signal.aborted) throw stopped(job.member);
        return decision;
      });
      return Promise.race([work, abortion(signal, job.member)]);
    },
    release: kernels.release,
  };
}

/** Rejects when the signal is aborted. */
function abortion(signal: AbortSignal, member: number): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(stopped(member)), { once: true });
  });
}

function stopped(member: number): TuttiError {
  return new TuttiError('ERR_CANCELLED', `Member ${member} was stopped`, { member });
}

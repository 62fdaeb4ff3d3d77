// What training needs of whoever runs members: the pool, the inline runner and later a cluster implement it.
// A runner has no policy: order, retries and stopping are decided in train-ensemble.ts.

import type { EpochHook, Job, MemberOutcome } from './job.js';
import { createKernelBindings } from './kernel-bindings.js';
import { runJob } from './run-job.js';

export interface MemberRunner {
  /** Members that may run at once: arenas the training lays out. */
  readonly threads: number;
  /**
   * Runs one job to its end.
   * @returns one outcome per member of the job.
   * @param signal aborting it may kill the thread; used only when a thread does not answer the stop flag.
   * @throws ERR_THREAD_LOST when its thread died; what the member itself threw otherwise.
   */
  run(job: Job, onEpochEnd: EpochHook | undefined, signal: AbortSignal): Promise<readonly MemberOutcome[]>;
  /** Told when a training ends, so that threads drop its memory. */
  release(trainingId: string): void;
}

/** Runs members on the calling thread, one after the other, with the same bytes as any pool. */
export function createInlineRunner(): MemberRunner {
  const kernels = createKernelBindings();
  return {
    threads: 1,
    async run(job, onEpochEnd) {
      return runJob(job, kernels.of(job.training), async (event) => {
        // The only thread there is must also serve progress, timers and signals.
        await new Promise((resolve) => setImmediate(resolve));
        return onEpochEnd?.(event);
      });
    },
    release: kernels.release,
  };
}

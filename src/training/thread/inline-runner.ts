// The runner without threads: members run on the calling thread, for programs that want none and for tests.

import { TuttiError } from '../../errors.js';
import { executorOf } from '../../kernels/bound-executor.js';
import { turn } from '../../long-calls.js';
import { hasEpochs } from '../../model/spec.js';
import type { LocalJob } from '../local/local-job.js';
import { LocalSession } from '../local/local-session.js';
import type { EpochHook, JobHooks, MemberOutcome } from '../session/job.js';
import type { MemberRunner } from '../session/runner.js';
import { runJob } from './run-job.js';

/**
 * Runs members on the calling thread, one after the other, with the same bytes as any pool. There is no other thread
 * to end one from: a member is stopped at the end of an epoch, a learner while it awaits something, and a learner
 * that never gives the thread back not at all, whatever its deadline; it needs a pool.
 */
export function createInlineRunner(): MemberRunner {
  return { threads: 1, open: () => new LocalSession({ threads: 1, run: runHere }) };
}

async function runHere(
  job: LocalJob,
  { onEpochEnd, onHandOver }: JobHooks,
  signal: AbortSignal,
): Promise<readonly MemberOutcome[]> {
  const aborted = abortion(signal, job.member);
  const { executor, memory } = job.training;
  const epochEnd: EpochHook = async (event) => {
    // The only thread there is must also serve progress, timers and signals.
    await turn();
    if (signal.aborted) throw stopped(job.member);
    return onEpochEnd === undefined ? undefined : await Promise.race([onEpochEnd(event), aborted]);
  };
  const work = runJob(job, executorOf(executor, memory), { onEpochEnd: epochEnd, onHandOver });
  // A learner that awaits something cannot be stopped and is left to itself: it has copies of its rows and no
  // arena. Whatever works in the slot's arena stops at its epoch's end and is waited for.
  return hasArena(job) ? work : Promise.race([work, aborted]);
}

function hasArena(job: LocalJob): boolean {
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

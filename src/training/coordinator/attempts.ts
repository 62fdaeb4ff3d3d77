// One job and what may become of it on its way: lost threads and retries, its deadline, a stop, a thread that cannot
// be ended. It knows nothing of what is run next or what is kept.

import { userModuleOf } from '../../engines/registry.js';
import { TuttiError } from '../../errors.js';
import type { Run } from '../plan/runs.js';
import type { EpochHook, Job, MemberOutcome } from '../session/job.js';
import type { Session } from '../session/session.js';
import { watchDeadline } from './deadline.js';

/** How long a thread may take to answer a stop before it is killed: a few of the slowest steps. */
const STOP_GRACE_MS = 700;

export interface AttemptLimits {
  /** Tries again after a lost thread, per job. */
  readonly retries: number;
  /**
   * How long threads may have a member in hand, from its beginning on: anew when it begins again, and without the time
   * of threads that were lost. Infinite for no limit.
   */
  readonly deadlineMs: number;
}

export class Attempts {
  readonly #session: Session;
  readonly #limits: AttemptLimits;
  readonly #hook: EpochHook | undefined;
  /** One for every job that a runner has; aborting it ends the job's thread. */
  readonly #running = new Set<AbortController>();
  /** Slots that a thread has which cannot be ended: whenever it comes back it may write there. */
  readonly #blocked = new Set<number>();
  #stopping = false;

  constructor(session: Session, limits: AttemptLimits, hook: EpochHook | undefined) {
    this.#session = session;
    this.#limits = limits;
    this.#hook = hook;
  }

  /** Whether a slot is lost for good. */
  isBlocked(slot: number): boolean {
    return this.#blocked.has(slot);
  }

  /** Whether the training is being stopped: nothing is tried again, and no error counts. */
  get stopping(): boolean {
    return this.#stopping;
  }

  /** Asks every job to stop at its next step; a thread that does not answer is killed. */
  stop(): void {
    this.#stopping = true;
    this.#session.stop();
    const abortAll = () => {
      for (const abort of this.#running) abort.abort();
    };
    setTimeout(abortAll, STOP_GRACE_MS).unref();
  }

  /**
   * Runs a job of these runs, again if its thread is lost.
   * @throws ERR_THREAD_LOST, ERR_DEADLINE naming the member, and whatever else the runner rejects with.
   */
  async run(job: Job, runs: readonly Run[]): Promise<readonly MemberOutcome[]> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#runOnce(job, runs);
      } catch (error) {
        if (codeOf(error) !== 'ERR_THREAD_LOST' || this.#stopping) throw error;
        if (attempt > this.#limits.retries) throw threadLost(job, attempt, error as TuttiError);
        for (const run of runs) run.retries++;
      }
    }
  }

  /** Runs a job until it ends or has had its time; then its thread is ended, because no member answers to itself. */
  async #runOnce(job: Job, runs: readonly Run[]): Promise<readonly MemberOutcome[]> {
    const { deadlineMs } = this.#limits;
    const left = deadlineMs - Math.max(...runs.map(({ usedMs }) => usedMs));
    if (left <= 0) throw deadlinePassed(job, deadlineMs);
    const abort = new AbortController();
    const watch = watchDeadline(
      () => this.#session.isTaken(job.slot),
      left,
      () => abort.abort(),
    );
    this.#running.add(abort);
    try {
      const outcomes = await this.#session.run(job, this.#hook, abort.signal);
      for (const run of runs) run.usedMs += watch.elapsedMs;
      return outcomes;
    } catch (error) {
      const blocked = codeOf(error) === 'ERR_THREAD_BLOCKED';
      if (blocked) this.#blocked.add(job.slot);
      if (!watch.passed || this.#stopping) throw error;
      throw deadlinePassed(job, deadlineMs, blocked ? (error as TuttiError) : undefined);
    } finally {
      watch.stop();
      this.#running.delete(abort);
    }
  }
}

function codeOf(error: unknown): string | null {
  return error instanceof TuttiError ? error.code : null;
}

function threadLost(job: Job, attempts: number, cause: TuttiError): TuttiError {
  const message = `${nameOf(job)} lost its thread ${attempts} times and was given up: ${cause.message}`;
  return new TuttiError('ERR_THREAD_LOST', message, { member: job.member, attempts }, cause);
}

function deadlinePassed(job: Job, deadlineMs: number, blocked?: TuttiError): TuttiError {
  const outcome = blocked === undefined ? 'and was stopped' : `but ${blocked.message}`;
  const message = `${nameOf(job)} took longer than the deadline of ${deadlineMs / 1000} s ${outcome}`;
  return new TuttiError('ERR_DEADLINE', message, { member: job.member, deadlineMs }, blocked);
}

/** `Member 3`, with the module of the user's that it needs. */
function nameOf(job: Job): string {
  const module = job.kind === 'group' ? null : userModuleOf(job.spec);
  return `Member ${job.member}${module === null ? '' : ` (${module.path})`}`;
}

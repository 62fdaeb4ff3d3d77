// One job and what may become of it on its way: lost threads and retries, its deadline, a stop, a thread that cannot
// be ended. It knows nothing of what is run next or what is kept.

import { userModuleOf } from '../../engines/registry.js';
import { TuttiError } from '../../errors.js';
import { inBackground } from '../../long-calls.js';
import { hasEpochs } from '../../model/spec.js';
import type { Run } from '../plan/runs.js';
import type { Job, JobHooks, MemberOutcome } from '../session/job.js';
import type { Session } from '../session/session.js';
import { watchDeadline } from './deadline.js';
import type { LaneMode } from './work-queue.js';

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
  readonly #hooksOf: (job: Job, runs: readonly Run[]) => JobHooks;
  readonly #onRetry: (runs: readonly Run[], error: TuttiError) => void;
  /** Every job that a runner has; aborting its signal ends the job's thread. */
  readonly #running = new Map<AbortController, Job>();
  /** Slots that a thread has which cannot be ended: whenever it comes back it may write there. */
  readonly #blocked = new Set<number>();
  #mode: LaneMode = 'go';

  /**
   * @param hooksOf who is told of what, asked anew for every attempt.
   * @param onRetry is told of runs that are tried again.
   */
  constructor(
    session: Session,
    limits: AttemptLimits,
    hooksOf: (job: Job, runs: readonly Run[]) => JobHooks,
    onRetry: (runs: readonly Run[], error: TuttiError) => void = () => undefined,
  ) {
    this.#session = session;
    this.#limits = limits;
    this.#hooksOf = hooksOf;
    this.#onRetry = onRetry;
  }

  /** Whether a slot is lost for good. */
  isBlocked(slot: number): boolean {
    return this.#blocked.has(slot);
  }

  /** What may still begin: nothing else, or nothing at all, once the training ends early. */
  get mode(): LaneMode {
    return this.#mode;
  }

  /** Whether the training ends early: nothing is tried again, and no error counts. */
  get stopping(): boolean {
    return this.#mode !== 'go';
  }

  /** Asks every job to stop at its next step; a thread that does not answer is killed. */
  stop(): void {
    this.#mode = 'stop';
    this.#session.stop();
    this.#abortLater(() => true);
  }

  /** Asks every job to end with its epoch; what has no epochs, or no thread yet, is given up. */
  pause(): void {
    if (this.stopping) return;
    this.#mode = 'finish';
    this.#session.pause();
    this.#abortLater((job) => !this.#session.isTaken(job.slot) || !endsByEpochs(job));
  }

  /** Asks every job to deliver what it has with its epoch; what has no thread yet is given up. */
  deliver(): void {
    if (this.stopping) return;
    this.#mode = 'finish';
    this.#session.deliver?.();
    this.#abortLater((job) => !this.#session.isTaken(job.slot));
  }

  #abortLater(which: (job: Job) => boolean): void {
    const abort = () => {
      for (const [controller, job] of this.#running) if (which(job)) controller.abort();
    };
    inBackground(setTimeout(abort, STOP_GRACE_MS));
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
        if (codeOf(error) !== 'ERR_THREAD_LOST' || this.stopping) throw error;
        if (attempt > this.#limits.retries) throw threadLost(job, attempt, error as TuttiError);
        for (const run of runs) run.retries++;
        this.#onRetry(runs, error as TuttiError);
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
      () => this.#session.takings?.(job.slot) ?? Number(this.#session.isTaken(job.slot)),
      left,
      () => abort.abort(),
    );
    this.#running.set(abort, job);
    try {
      const outcomes = await this.#session.run(job, this.#hooksOf(job, runs), abort.signal);
      for (const run of runs) run.usedMs += watch.elapsedMs;
      return outcomes;
    } catch (error) {
      const blocked = codeOf(error) === 'ERR_THREAD_BLOCKED';
      if (blocked) this.#blocked.add(job.slot);
      if (!watch.passed || this.#mode === 'stop') throw error;
      throw deadlinePassed(job, deadlineMs, blocked ? (error as TuttiError) : undefined);
    } finally {
      watch.stop();
      this.#running.delete(abort);
    }
  }
}

function endsByEpochs(job: Job): boolean {
  return job.kind === 'group' || hasEpochs(job.spec);
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

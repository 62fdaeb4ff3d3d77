// The processes of a pool, for jobs that run a user's code: at most one for each of its threads, started when such a job
// comes, and again in the place of one that has ended. A job waits until one is free.

import { TuttiError } from '../errors.js';
import type { LocalMemberJob, TrainingShare } from '../training/local/local-job.js';
import type { JobHooks, MemberOutcome } from '../training/session/job.js';
import { JobProcess } from './job-process.js';

export class JobProcesses {
  readonly #count: number;
  readonly #startMs: number | null;
  readonly #all = new Set<JobProcess>();
  /** The longest unused first. */
  #idle: JobProcess[] = [];
  /** Those that are being started. */
  #starting = 0;
  /** Jobs that wait for a process, in their order; each is told when there may be one. */
  readonly #waiting: (() => void)[] = [];
  readonly #destroying = new AbortController();

  constructor(count: number, startMs: number | null) {
    this.#count = count;
    this.#startMs = startMs;
  }

  /** Runs a job, as {@link JobProcess.run} does. */
  async run(job: LocalMemberJob, hooks: JobHooks, signal: AbortSignal): Promise<readonly MemberOutcome[]> {
    const process = await this.#take(job, AbortSignal.any([signal, this.#destroying.signal]));
    try {
      return await process.run(job, hooks, signal);
    } finally {
      if (process.ended) this.#all.delete(process);
      else this.#idle.push(process);
      this.#wake();
    }
  }

  /** A training has ended. */
  drop(training: TrainingShare): void {
    for (const process of this.#all) process.drop(training);
  }

  async destroy(): Promise<void> {
    this.#destroying.abort();
    await Promise.all([...this.#all].map((process) => process.end()));
  }

  /** A process for a job alone, where there is one that has its training's memory. */
  async #take({ member, training }: LocalMemberJob, signal: AbortSignal): Promise<JobProcess> {
    try {
      for (;;) {
        if (signal.aborted) throw new TuttiError('ERR_CANCELLED', `Member ${member} was stopped`, { member });
        const free = this.#takeIdle(training);
        if (free !== null) return free;
        if (this.#all.size + this.#starting < this.#count) return await this.#start(signal);
        await this.#turn(signal);
      }
    } catch (error) {
      // Whoever waits next has the turn that this one does not use.
      this.#wake();
      throw error;
    }
  }

  #takeIdle(training: TrainingShare): JobProcess | null {
    for (const gone of this.#idle.filter(({ ended }) => ended)) this.#all.delete(gone);
    this.#idle = this.#idle.filter(({ ended }) => !ended);
    const found = this.#idle.find((process) => process.hasTraining(training)) ?? this.#idle[0];
    if (found === undefined) return null;
    this.#idle.splice(this.#idle.indexOf(found), 1);
    return found;
  }

  async #start(signal: AbortSignal): Promise<JobProcess> {
    this.#starting++;
    try {
      const process = await JobProcess.start(this.#startMs, signal);
      this.#all.add(process);
      return process;
    } finally {
      this.#starting--;
    }
  }

  #wake(): void {
    this.#waiting.shift()?.();
  }

  /** Waits until a process may be free, or the signal is aborted. */
  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const go = () => {
        signal.removeEventListener('abort', go);
        const at = this.#waiting.indexOf(go);
        if (at >= 0) this.#waiting.splice(at, 1);
        resolve();
      };
      signal.addEventListener('abort', go, { once: true });
      this.#waiting.push(go);
    });
  }
}

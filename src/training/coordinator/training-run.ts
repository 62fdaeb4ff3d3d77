// One training under way, from its first job to its ensemble: what is next (schedule.ts), what may become of it
// (attempts.ts) and what is kept (ledger.ts), together with who watches it and what ends it.

import type { TrainedEnsemble, TrainedMember } from '../../ensemble/ensemble.js';
import { failOption, TuttiError, toWire } from '../../errors.js';
import type { EpochDecision, EpochEvent } from '../session/job.js';
import { readProgress } from '../session/progress.js';
import type { PlannedTraining, Session } from '../session/session.js';
import { type TrainingSettings, throwIfRejected } from '../session/training-settings.js';
import { Attempts } from './attempts.js';
import { Ledger } from './ledger.js';
import { type Assignment, Schedule } from './schedule.js';

const PROGRESS_INTERVAL_MS = 100;

/** What is to be trained, and how long it may take. */
export interface TrainingWork extends PlannedTraining {
  /** How long threads may have a member in hand; infinite for no limit. */
  readonly deadlineMs: number;
  /** Members of the plan that are there already and are not trained. */
  readonly kept: readonly TrainedMember[];
}

export class TrainingRun {
  readonly #work: TrainingWork;
  readonly #session: Session;
  readonly #settings: TrainingSettings;
  readonly #started: number;
  readonly #attempts: Attempts;
  readonly #ledger: Ledger;
  readonly #schedule: Schedule;
  /** What ends the whole training; wrapped, because a callback may throw anything. */
  #fatal: { readonly error: unknown } | null = null;

  constructor(work: TrainingWork, session: Session, settings: TrainingSettings, started: number) {
    this.#work = work;
    this.#session = session;
    this.#settings = settings;
    this.#started = started;
    const { retries = 1, onEpochEnd, onMember } = settings;
    const hook = onEpochEnd && ((event: EpochEvent) => this.#askCallback(onEpochEnd, event));
    this.#attempts = new Attempts(session, { retries, deadlineMs: work.deadlineMs }, hook);
    this.#ledger = new Ledger((member) => this.#observe(() => onMember?.(member)));
    this.#schedule = new Schedule(work, {
      perform: (assignment) => this.#perform(assignment),
      stopping: () => this.#attempts.stopping,
      buffers: this.#ledger.buffers,
    });
  }

  async finish(): Promise<TrainedEnsemble> {
    const { slots, executors } = await this.#session.prepare(this.#work);
    const { signal, onProgress } = this.#settings;
    const stop = () => this.#attempts.stop();
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted) stop();
    const timer = onProgress && setInterval(() => this.#report(), PROGRESS_INTERVAL_MS);
    try {
      const isLost = (slot: number) => this.#attempts.isBlocked(slot);
      await Promise.all(Array.from({ length: slots }, (_, slot) => this.#schedule.run(slot, isLost)));
      this.#giveUpTheRest();
    } finally {
      clearInterval(timer);
      signal?.removeEventListener('abort', stop);
    }
    if (this.#fatal === null) this.#report();
    if (this.#fatal !== null) throw this.#fatal.error;
    throwIfRejected(this.#settings);
    const { plan, dataset, kept } = this.#work;
    const wallMs = performance.now() - this.#started;
    const interrupted = signal?.aborted === true;
    return this.#ledger.ensemble({ plan, dataset, kept, interrupted, wallMs, executors });
  }

  /** Runs a job and keeps what it leaves; an error of its own ends the runs it was about, and no others. */
  async #perform({ job, runs, members }: Assignment): Promise<void> {
    try {
      const outcomes = await this.#attempts.run(job, runs);
      for (const [place, run] of runs.entries()) this.#ledger.keep(run, members[place]!, outcomes[place]!);
    } catch (error) {
      if (this.#attempts.stopping) return;
      // The runner has ended: that is no failure of this member, and no other can run.
      if (error instanceof TuttiError && error.code === 'ERR_CANCELLED') return this.#fail(error);
      for (const run of runs) this.#ledger.giveUp(run, toWire(error));
    }
  }

  /** When every slot is lost to a thread that cannot be ended, what is left cannot be trained. */
  #giveUpTheRest(): void {
    if (this.#attempts.stopping) return;
    for (const run of this.#work.runs.filter(({ over }) => !over)) {
      const index = run.memberIndices[run.delivered]!;
      const message = `Member ${index} was not trained: every thread of this training is blocked in the operating system`;
      this.#ledger.giveUp(run, toWire(new TuttiError('ERR_THREAD_BLOCKED', message, { member: index })));
    }
  }

  /** A callback that throws, or answers nonsense, ends the training with that error. */
  async #askCallback(
    onEpochEnd: NonNullable<TrainingSettings['onEpochEnd']>,
    event: EpochEvent,
  ): Promise<EpochDecision | undefined> {
    try {
      const decision = await onEpochEnd(event);
      const rate = decision?.learningRate;
      if (rate !== undefined && !(rate > 0 && Number.isFinite(rate))) {
        failOption('learningRate', 'a positive number when `onEpochEnd` returns one', rate);
      }
      return decision;
    } catch (error) {
      this.#fail(error);
      return { stop: true };
    }
  }

  #report(): void {
    const { onProgress } = this.#settings;
    if (onProgress === undefined) return;
    const planned = this.#work.plan.members.length - this.#work.kept.length;
    const { membersOfSlot, restingShare: resting } = this.#schedule;
    const counts = { planned, ...this.#ledger.counts, resting, membersOfSlot };
    const elapsedMs = performance.now() - this.#started;
    this.#observe(() => onProgress(readProgress(this.#session.progress(), counts, elapsedMs)));
  }

  /** An observer that throws stops the training with its error rather than being ignored. */
  #observe(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Ends the whole training with an error. */
  #fail(error: unknown): void {
    this.#fatal ??= { error };
    this.#attempts.stop();
  }
}

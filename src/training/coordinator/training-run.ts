// One training under way, from its first job to its ensemble: what is next (schedule.ts), what may become of it
// (attempts.ts) and what is kept (ledger.ts), together with who watches it and what ends it.

import type { TrainedEnsemble } from '../../ensemble/ensemble.js';
import { failOption, TuttiError, toWire, type WireError } from '../../errors.js';
import type { EpochDecision, EpochEvent } from '../session/job.js';
import { readProgress } from '../session/progress.js';
import type { Session } from '../session/session.js';
import { type TrainingSettings, throwIfRejected } from '../session/training-settings.js';
import { Attempts } from './attempts.js';
import { Ledger } from './ledger.js';
import { type Assignment, Schedule } from './schedule.js';
import type { TrainingWork } from './training-work.js';

const PROGRESS_INTERVAL_MS = 100;

export class TrainingRun {
  readonly #work: TrainingWork;
  readonly #session: Session;
  readonly #settings: TrainingSettings;
  readonly #started: number;
  readonly #attempts: Attempts;
  readonly #ledger: Ledger;
  readonly #schedule: Schedule;
  /** Why the training ends early with what is finished. */
  #journalLost: WireError | null = null;
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
    this.#ledger = new Ledger(work.journal, (member) => this.#observe(() => onMember?.(member)));
    this.#schedule = new Schedule(work, {
      perform: (assignment) => this.#perform(assignment),
      stopping: () => this.#attempts.stopping,
      buffers: this.#ledger.buffers,
    });
  }

  async finish(): Promise<TrainedEnsemble> {
    const { slots, executors } = await this.#session.prepare(this.#work);
    const { journal } = this.#work;
    await journal?.begin(executors, (error) => this.#loseJournal(error));
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
    await journal?.settled();
    if (this.#fatal === null) this.#report();
    if (this.#fatal !== null) throw this.#fatal.error;
    throwIfRejected(this.#settings);
    const wallMs = performance.now() - this.#started;
    const interrupted = signal?.aborted === true;
    return this.#ledger.ensemble(this.#work, { interrupted, wallMs, executors });
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

  /** When every slot is lost to a thread that cannot be ended, or the journal is, what is left is not trained. */
  #giveUpTheRest(): void {
    const lost = this.#journalLost;
    if (this.#attempts.stopping && lost === null) return;
    for (const run of this.#work.runs.filter(({ over }) => !over)) {
      if (lost !== null) {
        this.#ledger.giveUp(run, lost);
        continue;
      }
      const index = run.memberIndices[run.delivered]!;
      const message = `Member ${index} was not trained: every thread of this training is blocked in the operating system`;
      this.#ledger.giveUp(run, toWire(new TuttiError('ERR_THREAD_BLOCKED', message, { member: index })));
    }
  }

  /** Members that are neither there nor given up as the training begins. */
  get #toTrain(): number {
    const { plan, kept, failures } = this.#work;
    return plan.members.length - kept.length - failures.length;
  }

  /** Nothing is trained on without being kept, unless it was not asked for: what is finished is still in memory. */
  #loseJournal(error: unknown): void {
    if (this.#settings.onInterrupt !== 'keep') this.#fail(error);
    else {
      this.#journalLost = toWire(error);
      this.#attempts.stop();
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
    const planned = this.#toTrain;
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

// One training under way, from its first job to its ensemble: what is next (schedule.ts), what may become of it
// (attempts.ts) and what is kept (ledger.ts), together with who watches it and what ends it.

import type { TrainedEnsemble } from '../../ensemble/ensemble.js';
import { failOption, TuttiError, toWire, type WireError } from '../../errors.js';
import type { Run } from '../plan/runs.js';
import type {
  AdvancedMember,
  EpochDecision,
  EpochEvent,
  Job,
  MemberJob,
  MemberOutcome,
} from '../session/job.js';
import { readProgress } from '../session/progress.js';
import type { Doubt, Session } from '../session/session.js';
import { type TrainingSettings, throwIfRejected } from '../session/training-settings.js';
import { Attempts } from './attempts.js';
import { isRepeated } from './failure-policy.js';
import { Failures } from './failures.js';
import { HandOvers } from './hand-overs.js';
import { Ledger } from './ledger.js';
import { type Assignment, Schedule } from './schedule.js';
import { Telling } from './telling.js';
import type { TrainingWork } from './training-work.js';

const PROGRESS_INTERVAL_MS = 100;

export class TrainingRun {
  readonly #work: TrainingWork;
  readonly #session: Session;
  readonly #settings: TrainingSettings;
  readonly #started: number;
  /** Members that are to be trained, of a plan perhaps of which the others are trained elsewhere. */
  readonly #toTrain: number;
  readonly #attempts: Attempts;
  readonly #handOvers: HandOvers | null;
  readonly #telling: Telling;
  readonly #ledger: Ledger;
  readonly #failures: Failures;
  readonly #schedule: Schedule;
  /** Members of tied runs that are finished, should their group not begin again when the round is over. */
  readonly #heldBack = new Map<Run, () => void>();
  /** Why the training ends early with what is finished. */
  #journalLost: WireError | null = null;
  /** The failure of a member that ends it, as its caller wishes. */
  #ended: TuttiError | null = null;
  /** Why fewer members run at once than could. */
  #fewerThreads: string | null = null;
  /** Which of the session's executors the journal was told. */
  readonly #executorsNoted = new Set<string>();
  /** What ends the whole training; wrapped, because a callback may throw anything. */
  #fatal: { readonly error: unknown } | null = null;

  constructor(work: TrainingWork, session: Session, settings: TrainingSettings, started: number) {
    this.#work = work;
    this.#session = session;
    this.#settings = settings;
    this.#started = started;
    this.#toTrain = work.runs.reduce((sum, run) => sum + run.memberIndices.length - run.delivered, 0);
    const { retries = 1, onFailure = 'drop', onEpochEnd, onMember } = settings;
    const { plan, policy, reseeds = 0 } = work;
    const hook = onEpochEnd && ((event: EpochEvent) => this.#askCallback(onEpochEnd, event));
    const { keeping, strands } = work;
    this.#handOvers = keeping && new HandOvers(session, keeping, strands);
    this.#telling = new Telling(settings, (call) => this.#observe(call));
    this.#attempts = new Attempts(
      session,
      { retries, deadlineMs: policy.deadlineMs },
      (job, runs) => {
        this.#telling.begin(job);
        return { onEpochEnd: hook, onHandOver: this.#handOvers?.begin(job, runs) };
      },
      (runs, error) => this.#telling.incident(runs, 'retry', toWire(error)),
    );
    this.#ledger = new Ledger(keeping?.journal ?? null, (member) => this.#observe(() => onMember?.(member)));
    this.#failures = new Failures({
      ...{ plan, reseeds, ledger: this.#ledger, policy: { ...policy, onFailure } },
      befell: (runs, becomes, error) => this.#telling.incident(runs, becomes, error),
      end: (error) => this.#end(error),
    });
    this.#schedule = new Schedule(work, {
      perform: (assignment) => this.#perform(assignment),
      settle: (runs) => this.#settleRound(runs),
      mayBeginAgain: (run) => this.#failures.mayBeginAgain(run),
      rested: (runs) => this.#handOvers?.rested(runs, this.#attempts.mode === 'finish'),
      mode: () => this.#attempts.mode,
      buffers: this.#ledger.buffers,
    });
  }

  async finish(): Promise<TrainedEnsemble> {
    const { keeping, kept } = this.#work;
    const pace = keeping === null ? {} : { pace: keeping.pace };
    const planned = { ...this.#work, keepsStates: keeping !== null, ...pace };
    const { slots, fewerThreads } = await this.#session.prepare(planned);
    this.#fewerThreads = fewerThreads;
    const journal = keeping?.journal;
    await journal?.begin((error) => this.#loseJournal(error));
    this.#noteExecutors();
    const { signal, onProgress, onPlan, onEpochs, onInterrupt } = this.#settings;
    const stop = () => (journal === undefined ? this.#attempts.stop() : this.#attempts.pause());
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted) stop();
    const { deliverEarly } = this.#work;
    const deliver = () => this.#attempts.deliver();
    deliverEarly?.addEventListener('abort', deliver, { once: true });
    if (deliverEarly?.aborted) deliver();
    const { plan, failures } = this.#work;
    if (onPlan !== undefined) this.#observe(() => onPlan({ plan, kept, failures }));
    this.#failures.endAtKnown(this.#work.failures);
    const isWatched = onProgress !== undefined || onEpochs !== undefined;
    const timer = isWatched && setInterval(() => this.#report(), PROGRESS_INTERVAL_MS);
    try {
      const isLost = (slot: number) => this.#attempts.isBlocked(slot);
      await Promise.all(Array.from({ length: slots }, (_, slot) => this.#schedule.run(slot, isLost)));
      // Of rounds that never ended, for the training did.
      this.#keepHeldBack([...this.#heldBack.keys()]);
      this.#giveUpTheRest();
      this.#drop(await this.#session.settled());
    } finally {
      if (timer !== false) clearInterval(timer);
      signal?.removeEventListener('abort', stop);
      deliverEarly?.removeEventListener('abort', deliver);
    }
    await journal?.settled();
    if (this.#fatal === null) this.#report();
    if (this.#fatal !== null) throw this.#fatal.error;
    throwIfRejected(this.#settings);
    const { done } = this.#ledger.counts;
    if (this.#ended !== null && (onInterrupt !== 'keep' || done + kept.length === 0)) throw this.#ended;
    const wallMs = performance.now() - this.#started;
    const interrupted = signal?.aborted === true || deliverEarly?.aborted === true;
    const journalLost = this.#journalLost;
    const executors = this.#session.executors();
    return this.#ledger.ensemble(this.#work, { interrupted, wallMs, executors, journalLost });
  }

  /** Runs a job and keeps what it leaves; an error of its own is about its runs, and no others. */
  async #perform({ job: planned, runs, members, inRound }: Assignment): Promise<void> {
    const job = this.#telling.equip(planned, runs);
    const outcomes = await this.#outcomesOf(job, runs);
    this.#noteExecutors();
    this.#telling.end(job, outcomes);
    this.#handOvers?.end(job.slot);
    for (const [place, outcome] of outcomes.entries())
      if (outcome.status === 'failed' && this.#counts(outcome.error)) runs[place]!.failure = outcome.error;
    // What becomes of one that is tied in rounds is decided when the round is over.
    if (!inRound && this.#failures.settle(runs)) return;
    for (const [place, outcome] of outcomes.entries()) {
      const run = runs[place]!;
      if (outcome.status === 'paused') this.#ledger.rest(run, outcome);
      if (outcome.status === 'advanced') this.#keep(run, members[place]!, outcome, inRound);
    }
    this.#handOvers?.settled(runs);
  }

  /** Tells the journal of what runs members and did not before. */
  #noteExecutors(): void {
    const names = this.#session.executors().filter((name) => !this.#executorsNoted.has(name));
    if (names.length === 0) return;
    for (const name of names) this.#executorsNoted.add(name);
    this.#work.keeping?.journal.executors(names);
  }

  /** Ends the training where members may be wrong; of those and all that they are tied to nothing is kept. */
  #drop(doubt: Doubt | null): void {
    if (doubt === null) return;
    this.#attempts.stop();
    // It says more than what ended the training.
    this.#fatal = { error: doubt.error };
    const doubted = new Set(doubt.members);
    const journal = this.#work.keeping?.journal;
    for (const { key, runs } of this.#work.strands) {
      if (!runs.some(({ memberIndices }) => memberIndices.some((member) => doubted.has(member)))) continue;
      for (const { memberIndices, streams } of runs) journal?.beginning(memberIndices, streams);
      journal?.over(key);
    }
  }

  /** A training that ends early may be the cause of errors itself, but not of those that would come again. */
  #counts({ code }: WireError): boolean {
    return this.#attempts.mode === 'go' || (this.#attempts.mode === 'finish' && !isRepeated(code));
  }

  #keep(run: Run, member: MemberJob, outcome: AdvancedMember, inRound: boolean): void {
    const { reseeds = 0 } = this.#work;
    const keep = () => this.#ledger.keep(run, member, outcome);
    if (inRound && outcome.delivered.length > 0 && reseeds > 0) this.#heldBack.set(run, keep);
    else keep();
  }

  /** Decides what becomes of a group when its round is over. @returns whether it begins again. */
  #settleRound(runs: readonly Run[]): boolean {
    const again = this.#failures.settle(runs);
    if (again) for (const run of runs) this.#heldBack.delete(run);
    else this.#keepHeldBack(runs);
    this.#handOvers?.settled(runs);
    return again;
  }

  #keepHeldBack(runs: readonly Run[]): void {
    for (const run of runs) {
      this.#heldBack.get(run)?.();
      this.#heldBack.delete(run);
    }
  }

  /** Of all that a job was about; none when the training is over. */
  async #outcomesOf(job: Job, runs: readonly Run[]): Promise<readonly MemberOutcome[]> {
    try {
      return await this.#attempts.run(job, runs);
    } catch (error) {
      if (error instanceof TuttiError && error.code === 'ERR_HOST_DIFFERS') {
        // Whose members may be wrong is known when all jobs have ended.
        this.#fail(error);
        return [];
      }
      if (error instanceof TuttiError && error.code === 'ERR_CANCELLED') {
        // The runner has ended: that is no failure of this member, and no other can run.
        if (!this.#attempts.stopping) this.#fail(error);
        return [];
      }
      return runs.map(() => ({ status: 'failed', error: toWire(error) }));
    }
  }

  /** Ends the training at the first member that is given up. */
  #end(error: TuttiError): void {
    this.#ended ??= error;
    this.#attempts.stop();
  }

  /** When every slot is lost to a thread that cannot be ended, or the journal is, what is left is not trained. */
  #giveUpTheRest(): void {
    const lost = this.#journalLost;
    if (this.#attempts.stopping && lost === null) return;
    for (const run of this.#work.runs.filter(({ over }) => !over)) {
      // One that is tied in rounds may have failed in a round that never ended.
      const known = run.failure ?? lost;
      if (known !== null) {
        this.#failures.giveUp(run, known);
        continue;
      }
      const index = run.memberIndices[run.delivered]!;
      const message = `Member ${index} was not trained: every thread of this training is blocked in the operating system`;
      this.#failures.giveUp(run, toWire(new TuttiError('ERR_THREAD_BLOCKED', message, { member: index })));
    }
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
    this.#telling.tell();
    const { onProgress } = this.#settings;
    if (onProgress === undefined) return;
    const planned = this.#toTrain;
    const { membersOfSlot, restingShare: resting } = this.#schedule;
    const counts = {
      planned,
      ...this.#ledger.counts,
      resting,
      membersOfSlot,
      fewerThreads: this.#fewerThreads,
    };
    const elapsedMs = performance.now() - this.#started;
    const hosts = this.#session.hosts();
    this.#observe(() => onProgress(readProgress(this.#session.progress(), hosts, counts, elapsedMs)));
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

// One training under way: the jobs of its runs, in as many lanes as there are slots, and what came of them.
// The policies are here: what is run next, retries, failures, deadlines, stopping.

import type { Dataset } from '../../data/dataset/dataset.js';
import { trainingFacts } from '../../data/dataset/training-facts.js';
import { modulesOf } from '../../engines/registry.js';
import { stateShape } from '../../engines/wasm/tying.js';
import type { FailedMember, TrainedEnsemble, TrainedMember } from '../../ensemble/ensemble.js';
import { failOption, fromWire, TuttiError, toWire, type WireError } from '../../errors.js';
import { ControlBlock } from '../../memory/control-block.js';
import { countShared } from '../../memory/uncounted-bytes.js';
import { isNetwork } from '../../model/network.js';
import { cycleOf } from '../../model/snapshots.js';
import { type EnsemblePlan, hasEpochs, type NetworkMemberSpec } from '../../model/spec.js';
import { type Run, StateBuffers, type TiedRun } from '../plan/runs.js';
import { groupMean, type TyingGroup } from '../plan/tying.js';
import type {
  Anchor,
  DeliveredMember,
  EpochDecision,
  EpochEvent,
  GroupJob,
  Job,
  MemberJob,
  MemberOutcome,
  TrainingShare,
} from '../session/job.js';
import { readProgress } from '../session/progress.js';
import type { MemberRunner } from '../session/runner.js';
import type { TrainingSettings } from '../session/training-settings.js';
import { Attempts } from './attempts.js';
import { type Task, WorkQueue } from './work-queue.js';

const PROGRESS_INTERVAL_MS = 100;
/** How long a thread may take to answer the stop flag before it is killed: a few of the slowest steps. */
const STOP_GRACE_MS = 700;

/** What is to be trained, and where. */
export interface TrainingWork {
  readonly dataset: Dataset;
  readonly plan: EnsemblePlan;
  readonly training: TrainingShare;
  readonly runs: readonly Run[];
  readonly groups: readonly TyingGroup[];
  /** How long threads may have a member in hand; infinite for no limit. */
  readonly deadlineMs: number;
  /** Members of the plan that are there already and are not trained. */
  readonly kept: readonly TrainedMember[];
}

export class TrainingRun {
  readonly #work: TrainingWork;
  readonly #settings: TrainingSettings;
  readonly #started: number;
  readonly #control: ControlBlock;
  readonly #attempts: Attempts;
  readonly #queue: WorkQueue;
  readonly #buffers = new StateBuffers();
  readonly #trained: TrainedMember[] = [];
  readonly #failures: FailedMember[] = [];
  /** Runs that a slot has in hand, and how many members its record stands for. */
  readonly #inHand = new Set<Run>();
  readonly #membersOfSlot = new Map<number, number>();
  #lastLoss: number | null = null;
  /** What ends the whole training; wrapped, because a callback may throw anything. */
  #fatal: { readonly error: unknown } | null = null;

  constructor(work: TrainingWork, runner: MemberRunner, settings: TrainingSettings, started: number) {
    this.#work = work;
    this.#settings = settings;
    this.#started = started;
    const { memory, layout } = work.training;
    this.#control = new ControlBlock(memory.buffer, layout.slots);
    const { retries = 1, onEpochEnd } = settings;
    const hook = onEpochEnd && ((event: EpochEvent) => this.#askCallback(onEpochEnd, event));
    const limits = { retries, deadlineMs: work.deadlineMs };
    this.#attempts = new Attempts(runner, this.#control, limits, hook);
    this.#queue = new WorkQueue(this.#firstTasks());
  }

  /** Whether nothing of the training may still touch its memory, once it has finished. */
  get leavesNobodyBehind(): boolean {
    return !this.#attempts.leftBehind;
  }

  async finish(): Promise<TrainedEnsemble> {
    const { signal, onProgress, onInterrupt } = this.#settings;
    const stop = () => this.#stop();
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted) stop();
    const timer = onProgress && setInterval(() => this.#report(), PROGRESS_INTERVAL_MS);
    try {
      const { slots } = this.#work.training.layout;
      const stopped = (slot: number) => this.#control.stopRequested || this.#attempts.isBlocked(slot);
      await Promise.all(Array.from({ length: slots }, (_, slot) => this.#queue.run(slot, stopped)));
      this.#giveUpTheRest();
    } finally {
      clearInterval(timer);
      signal?.removeEventListener('abort', stop);
    }
    if (this.#fatal === null) this.#report();
    if (this.#fatal !== null) throw this.#fatal.error;
    if (signal?.aborted && onInterrupt !== 'keep') throw signal.reason;
    return this.#collect(signal?.aborted === true);
  }

  /** One task per run in plan order; a group's come where its first run stands. */
  #firstTasks(): Task[] {
    const groupOf = new Map<Run, TyingGroup>(
      this.#work.groups.flatMap((group) => group.runs.map((run) => [run, group] as const)),
    );
    return this.#work.runs.flatMap((run): Task[] => {
      const group = groupOf.get(run);
      if (group === undefined) return [(slot) => this.#runThrough(run, slot)];
      if (group.runs[0] !== run) return [];
      return group.tying.mode === 'exact'
        ? [(slot) => this.#runLockstep(group, slot)]
        : this.#roundTasks(group.runs, 0);
    });
  }

  /** Trains a run to its end, a job for each of its members. */
  async #runThrough(run: Run, slot: number): Promise<void> {
    while (!run.over && !this.#control.stopRequested) {
      await this.#advance(run, slot, cycleOf(this.#specOf(run)).last, null);
    }
  }

  /**
   * The jobs of one round of a tied group: epoch `round` of every live run, drawn to the mean of the round
   * before. Round 0 draws the initial weights. The last job to end brings about the next round.
   */
  #roundTasks(runs: readonly TiedRun[], round: number): Task[] {
    // One member alone has no others to be drawn to.
    const anchor = round === 0 || runs.length < 2 ? null : groupMean(runs, this.#work.dataset);
    let open = runs.length;
    return runs.map((run) => async (slot) => {
      await this.#advance(run, slot, round, anchor);
      if (--open > 0) return;
      const live = runs.filter(({ over }) => !over);
      if (live.length === 0 || this.#control.stopRequested) return;
      for (const task of this.#roundTasks(live, round + 1)) this.#queue.add(task);
    });
  }

  /** Advances a run by one job and keeps what it leaves: a member, a state, or the error that ended it. */
  async #advance(run: Run, slot: number, until: number, anchor: Anchor | null): Promise<void> {
    const { spec } = run;
    const goesOn = isNetwork(spec) && until < spec.epochs;
    const state = goesOn ? this.#buffers.take(this.#stateLength(spec)) : null;
    const job = { ...this.#jobOf(run, slot), until, anchor, state };
    await this.#runJob(job, [run], [job]);
  }

  /** Trains an exact group in one job. */
  async #runLockstep({ runs }: TyingGroup, slot: number): Promise<void> {
    const members = runs.map((run) => ({ ...this.#jobOf(run, slot), spec: run.spec }));
    const { training, member } = members[0]!;
    const job: GroupJob = { kind: 'group', training, member, slot, members };
    await this.#runJob(job, runs, members);
  }

  /** A job to the end of a run. */
  #jobOf(run: Run, slot: number): MemberJob {
    const { training } = this.#work;
    const member = run.members[run.delivered]!;
    const spec = this.#specOf(run);
    const until = hasEpochs(spec) ? spec.epochs : 0;
    const whole = { from: run.state, until, anchor: null, state: null };
    return { kind: 'member', training, spec, member, slot, ...whole };
  }

  #specOf(run: Run) {
    return this.#work.plan.members[run.members[run.delivered]!]!;
  }

  #stateLength(spec: NetworkMemberSpec): number {
    const { features, task } = this.#work.dataset;
    return stateShape(spec, features, task).lengthFloats;
  }

  /** Runs a job and keeps what it leaves; an error of its own ends the runs it was about, and no others. */
  async #runJob(job: Job, runs: readonly Run[], members: readonly MemberJob[]): Promise<void> {
    this.#membersOfSlot.set(job.slot, runs.length);
    for (const run of runs) this.#inHand.add(run);
    try {
      const outcomes = await this.#attempts.run(job, runs);
      for (const [place, run] of runs.entries()) this.#keep(run, members[place]!, outcomes[place]!);
    } catch (error) {
      if (this.#control.stopRequested) return;
      // The runner has ended: that is no failure of this member, and no other can run.
      if (error instanceof TuttiError && error.code === 'ERR_CANCELLED') return this.#fail(error);
      for (const run of runs) this.#giveUp(run, toWire(error));
    } finally {
      for (const run of runs) this.#inHand.delete(run);
    }
  }

  #keep(run: Run, { member, state }: MemberJob, outcome: MemberOutcome): void {
    switch (outcome.status) {
      case 'stopped':
        return;
      case 'failed':
        this.#giveUp(run, outcome.error);
        return;
      case 'advanced':
        if (run.state !== null) this.#buffers.giveBack(run.state.parameters);
        run.state = outcome.ended ? null : { ...outcome.progress, parameters: state! };
        run.history.push(...outcome.history);
        if (outcome.delivered !== null) this.#deliver(run, member, outcome.delivered);
        if (outcome.ended) this.#end(run);
        return;
      default:
        outcome satisfies never;
    }
  }

  #deliver(run: Run, index: number, delivered: DeliveredMember): void {
    countShared(delivered.weights.buffer);
    if (delivered.model !== null) countShared(delivered.model.buffer);
    const trained: TrainedMember = { index, ...delivered, history: run.history };
    run.history = [];
    run.usedMs = 0;
    run.delivered++;
    this.#trained.push(trained);
    this.#lastLoss = trained.history.at(-1)?.loss ?? null;
    this.#observe(() => this.#settings.onMember?.(trained));
  }

  /** A callback may end a run before its last snapshots. */
  #end(run: Run): void {
    if (run.delivered < run.members.length) {
      const message = 'was not trained, because its run was ended before its cycle';
      for (const index of run.members.slice(run.delivered)) {
        const error = toWire(
          new TuttiError('ERR_CANCELLED', `Member ${index} ${message}`, { member: index }),
        );
        this.#failures.push({ index, error });
      }
    }
    run.over = true;
  }

  /** Records the error for every member of the run that is not there yet. */
  #giveUp(run: Run, error: WireError): void {
    for (const index of run.members.slice(run.delivered)) this.#failures.push({ index, error });
    if (run.state !== null) this.#buffers.giveBack(run.state.parameters);
    run.state = null;
    run.over = true;
  }

  /** When every slot is lost to a thread that cannot be ended, what is left cannot be trained. */
  #giveUpTheRest(): void {
    if (this.#control.stopRequested) return;
    for (const run of this.#work.runs.filter(({ over }) => !over)) {
      const index = run.members[run.delivered]!;
      const message = `Member ${index} was not trained: every thread of this training is blocked in the operating system`;
      this.#giveUp(run, toWire(new TuttiError('ERR_THREAD_BLOCKED', message, { member: index })));
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

  /** Raises the flag every thread reads at each step; a thread that does not answer is killed. */
  #stop(): void {
    this.#control.requestStop();
    setTimeout(() => this.#attempts.abortAll(), STOP_GRACE_MS).unref();
  }

  #report(): void {
    const { onProgress } = this.#settings;
    if (onProgress === undefined) return;
    const counts = {
      planned: this.#work.plan.members.length - this.#work.kept.length,
      done: this.#trained.length,
      failed: this.#failures.length,
      resting: this.#restingShare(),
      membersOfSlot: this.#membersOfSlot,
      lastLoss: this.#lastLoss,
    };
    const elapsedMs = performance.now() - this.#started;
    const { slots } = this.#work.training.layout;
    this.#observe(() => onProgress(readProgress(this.#control, slots, counts, elapsedMs)));
  }

  /** How much of tied members that rest between rounds is done, in members. */
  #restingShare(): number {
    let share = 0;
    for (const run of this.#work.groups.flatMap(({ runs }) => runs)) {
      if (run.state === null || this.#inHand.has(run)) continue;
      const { first, last } = cycleOf(this.#specOf(run));
      share += (run.state.epoch - first + 1) / (last - first + 1);
    }
    return share;
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
    this.#stop();
  }

  #collect(interrupted: boolean): TrainedEnsemble {
    const { plan, dataset, kept } = this.#work;
    const { task, features, encoding, preprocessing, hash } = dataset;
    const members = [...kept, ...this.#trained].sort((a, b) => a.index - b.index);
    const failures = this.#failures.sort((a, b) => a.index - b.index);
    if (members.length === 0 && failures.length > 0 && !interrupted) throw allFailed(failures);
    const modules = modulesOf(plan);
    return {
      plan,
      task,
      features,
      encoding,
      preprocessing,
      datasetHash: hash,
      trainedOn: trainingFacts(dataset),
      // The caller named them for the training, which has run them.
      ...(modules.length === 0 ? {} : { allowedModules: modules }),
      members,
      failures,
      complete: members.length === plan.members.length,
      wallMs: performance.now() - this.#started,
    };
  }
}

function allFailed(failures: readonly FailedMember[]): TuttiError {
  const first = fromWire(failures[0]!.error);
  // That is about the pool and no member.
  if (failures.every(({ error }) => error.code === 'ERR_THREAD_START')) return first;
  const count = failures.length === 1 ? 'The only member' : `All ${failures.length} members`;
  const message = `${count} failed; the first error: ${first.message}`;
  return new TuttiError('ERR_MEMBERS_FAILED', message, { failed: failures.length, first: first.code }, first);
}

// What is run next: the jobs of a training's runs, in as many lanes as there are slots. What becomes of a job, and what is
// kept of it, is not decided here.

import { stateShape } from '../../engines/wasm/tying.js';
import { isNetwork } from '../../model/network-members.js';
import { cycleOf } from '../../model/snapshots.js';
import { hasEpochs, type MemberSpec } from '../../model/spec.js';
import { isTied, nextSpec, type Run, type StateBuffers, type TiedRun } from '../plan/runs.js';
import { groupMean, type TyingGroup } from '../plan/tying.js';
import type { GroupJob, Job, MemberJob } from '../session/job.js';
import type { PlannedTraining } from '../session/session.js';
import { type LaneMode, type Task, WorkQueue } from './work-queue.js';

/** A job, the runs that it advances, and its part for each of them. */
export interface Assignment {
  readonly job: Job;
  readonly runs: readonly Run[];
  readonly members: readonly MemberJob[];
  /** It is tied to others that may still be at it, in jobs of their own. */
  readonly inRound: boolean;
}

export interface ScheduleContext {
  /** Has a job run and what it leaves kept; never rejects. */
  perform(assignment: Assignment): Promise<void>;
  /** Decides what becomes of a group's runs, some of which may have failed. @returns whether all begin again. */
  settle(runs: readonly Run[]): boolean;
  /** Whether a run, and those it is tied to, begin again should it diverge. */
  mayBeginAgain(run: Run): boolean;
  /** Runs of a strand rest: what they have come to may be kept. */
  rested(runs: readonly Run[]): void;
  /** `finish`: the training is paused or ends early, and what has begun goes on to its next rest; `stop`: it ends at once. */
  mode(): LaneMode;
  /** Where states rest. */
  readonly buffers: StateBuffers;
}

export class Schedule {
  readonly #training: PlannedTraining;
  readonly #context: ScheduleContext;
  readonly #queue: WorkQueue;
  /** Runs that a slot has in hand, and how many members its record stands for. */
  readonly #inHand = new Set<Run>();
  readonly #membersOfSlot = new Map<number, number>();

  constructor(training: PlannedTraining, context: ScheduleContext) {
    this.#training = training;
    this.#context = context;
    this.#queue = new WorkQueue(this.#firstTasks());
  }

  /** Runs jobs on a slot until none is left or to come, or the slot or the training is given up. */
  run(slot: number, isLost: (slot: number) => boolean): Promise<void> {
    return this.#queue.run(slot, (own) => (isLost(own) ? 'stop' : this.#context.mode()));
  }

  /** How many members a slot's record stands for: those of a group in lockstep, else one. */
  get membersOfSlot(): ReadonlyMap<number, number> {
    return this.#membersOfSlot;
  }

  /** How much of tied members that rest between rounds is done, in members. */
  get restingShare(): number {
    let share = 0;
    for (const run of this.#training.groups.flatMap(({ runs }) => runs)) {
      if (run.state === null || this.#inHand.has(run)) continue;
      const { first, last } = cycleOf(this.#specOf(run));
      share += (run.state.epoch - first + 1) / (last - first + 1);
    }
    return share;
  }

  /** One task per run in plan order; a group's come where its first run stands. */
  #firstTasks(): Task[] {
    const { groups, runs } = this.#training;
    const groupOf = new Map<Run, TyingGroup>(
      groups.flatMap((group) => group.runs.map((run) => [run, group] as const)),
    );
    return runs.flatMap((run): Task[] => {
      const group = groupOf.get(run);
      if (group === undefined) return [(slot) => this.#runThrough(run, slot)];
      if (group.runs[0] !== run) return [];
      return group.tying.mode === 'exact'
        ? [(slot) => this.#runLockstep(group, slot)]
        : [(slot) => this.#beginRounds(group, slot)];
    });
  }

  /** Trains a run to its end, a job for each of its members. */
  async #runThrough(run: Run, slot: number): Promise<void> {
    while (!run.over && this.#context.mode() === 'go') {
      await this.#advance(run, { slot, until: cycleOf(this.#specOf(run)).last, anchor: null });
      this.#context.rested([run]);
    }
  }

  /** Begins a group's rounds, or goes on with them: once one of its runs has begun, the others come next. */
  #beginRounds(group: TyingGroup, slot: number): Promise<void> {
    const { runs } = group;
    const [first, ...others] = this.#roundTasks(group, runs, (runs[0]!.state?.epoch ?? -1) + 1);
    for (const task of others) this.#queue.add(task);
    return first!(slot);
  }

  /**
   * The jobs of one round of a tied group: epoch `round` of every live run, drawn to the mean of the round
   * before. Round 0 draws the initial weights. The last job to end brings about the next round, or the first one again.
   */
  #roundTasks(group: TyingGroup, runs: readonly TiedRun[], round: number): Task[] {
    // One member alone has no others to be drawn to.
    const anchor = round === 0 || runs.length < 2 ? null : groupMean(runs, this.#training.dataset);
    let open = runs.length;
    return runs.map((run) => async (slot) => {
      await this.#advance(run, { slot, until: round, anchor });
      if (--open > 0) return;
      if (this.#context.mode() === 'stop') return;
      const next = this.#context.settle(group.runs) ? 0 : round + 1;
      const live = group.runs.filter(({ over }) => !over);
      if (live.every(({ state }) => state?.epoch === round)) this.#context.rested(live);
      if (live.length === 0 || this.#context.mode() !== 'go') return;
      for (const task of this.#roundTasks(group, live, next)) this.#queue.add(task);
    });
  }

  /** Advances a run by one job. */
  async #advance(run: Run, how: Pick<MemberJob, 'slot' | 'until' | 'anchor'>): Promise<void> {
    const { features, task } = this.#training.dataset;
    const { spec } = run;
    const goesOn = isNetwork(spec) && how.until < spec.epochs;
    const state = goesOn ? this.#context.buffers.take(stateShape(spec, features, task).lengthFloats) : null;
    const job = { ...this.#wholeRun(run, how.slot), ...how, state };
    await this.#perform({ job, runs: [run], members: [job], inRound: isTied(run) });
  }

  /** Trains an exact group in one job, or in one more each time that it begins again. */
  async #runLockstep({ runs }: TyingGroup, slot: number): Promise<void> {
    while (this.#context.mode() === 'go') {
      const live = runs.filter(({ over }) => !over);
      if (live.length === 0) return;
      const members = live.map((run) => ({
        ...this.#wholeRun(run, slot),
        spec: { ...run.spec, streams: run.streams },
        endsGroup: this.#context.mayBeginAgain(run),
      }));
      const job: GroupJob = { kind: 'group', member: members[0]!.member, slot, members };
      await this.#perform({ job, runs: live, members, inRound: false });
      this.#context.rested(live);
    }
  }

  /** A job to the end of a run. */
  #wholeRun(run: Run, slot: number): MemberJob {
    const spec = this.#specOf(run);
    const until = hasEpochs(spec) ? spec.epochs : 0;
    const member = run.memberIndices[run.delivered]!;
    return { kind: 'member', spec, member, slot, from: run.state, until, anchor: null, state: null };
  }

  #specOf(run: Run): MemberSpec {
    return nextSpec(this.#training.plan, run);
  }

  async #perform(assignment: Assignment): Promise<void> {
    const { job, runs } = assignment;
    this.#membersOfSlot.set(job.slot, runs.length);
    for (const run of runs) this.#inHand.add(run);
    await this.#context.perform(assignment);
    for (const run of runs) this.#inHand.delete(run);
  }
}

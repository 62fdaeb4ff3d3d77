// When members in training are handed over to the journal: every so many epochs or seconds, one state of a strand at a
// time, and no more often than costs a hundredth of the time. A thread is asked for the next when the one before is kept, so
// that it never waits and nothing piles up.

import type { EpochRecord } from '../../ensemble/ensemble.js';
import { inBackground } from '../../long-calls.js';
import { allocateShared } from '../../memory/uncounted-bytes.js';
import { isNetwork } from '../../model/network-members.js';
import { hasEpochs } from '../../model/spec.js';
import { type RestingRun, type Run, reseedsOf } from '../plan/runs.js';
import type { Strand } from '../plan/strands.js';
import { type CheckpointPace, REST_SHARE, restsUntilMs, stateDueMs } from '../session/checkpoint-pace.js';
import type { HandedMember, HandOverHook, Job } from '../session/job.js';
import type { Session } from '../session/session.js';
import type { TrainingJournal } from './journal.js';

/** What the first state takes, whose file is not there yet. */
const FIRST_STATE_MS = 1;

/** A strand and its last state: the epoch after which it was taken, and when. */
interface KeptStrand extends Strand {
  epoch: number;
  /** How often its runs began again when it was taken. */
  reseeds: number;
  atMs: number | null;
  writing: boolean;
  /** Before then no state is taken. */
  restsUntilMs: number;
}

/** An attempt at a job that hands over. */
interface Attempt {
  readonly slot: number;
  readonly runs: readonly Run[];
  readonly strand: KeptStrand;
  /** The epochs of each of its runs that were handed over so far. */
  readonly histories: readonly EpochRecord[][];
  timer: NodeJS.Timeout | undefined;
  ended: boolean;
}

export class HandOvers {
  readonly #session: Session;
  readonly #journal: TrainingJournal;
  readonly #pace: CheckpointPace;
  readonly #strands = new Map<Run, KeptStrand>();
  readonly #attempts = new Map<number, Attempt>();
  readonly #slotRestsUntilMs = new Map<number, number>();

  constructor(
    session: Session,
    { journal, pace }: { readonly journal: TrainingJournal; readonly pace: CheckpointPace },
    strands: readonly Strand[],
  ) {
    this.#session = session;
    this.#journal = journal;
    this.#pace = pace;
    for (const { key, runs } of strands) {
      const [epoch, reseeds] = [runs[0]!.state?.epoch ?? 0, reseedsOfAll(runs)];
      const kept = { key, runs, epoch, reseeds, atMs: null, writing: false, restsUntilMs: 0 };
      for (const run of runs) this.#strands.set(run, kept);
    }
  }

  /** Who is handed the members of an attempt at a job; undefined for one that hands over none. */
  begin(job: Job, runs: readonly Run[]): HandOverHook | undefined {
    this.end(job.slot);
    this.#session.want(job.slot, null);
    if (!handsOver(job)) return undefined;
    const strand = this.#strandOf(runs[0]!);
    const histories = runs.map(() => []);
    strand.restsUntilMs = Math.max(strand.restsUntilMs, this.#restOf(job.slot));
    const attempt: Attempt = { slot: job.slot, runs, strand, histories, timer: undefined, ended: false };
    this.#attempts.set(job.slot, attempt);
    this.#askFor(attempt);
    return (members) => {
      if (!attempt.ended) void this.#take(attempt, members);
    };
  }

  /** Until when a slot takes no state of whatever it has. */
  #restOf(slot: number): number {
    const known = this.#slotRestsUntilMs.get(slot) ?? performance.now() + REST_SHARE * FIRST_STATE_MS;
    this.#slotRestsUntilMs.set(slot, known);
    return known;
  }

  /** The slot's attempt has ended; whatever arrives of it is late. */
  end(slot: number): void {
    const attempt = this.#attempts.get(slot);
    if (attempt === undefined) return;
    clearTimeout(attempt.timer);
    attempt.ended = true;
    this.#attempts.delete(slot);
  }

  /**
   * Keeps runs of a strand that rest between jobs, when it is time.
   * @param atOnce whatever time it is.
   */
  rested(runs: readonly Run[], atOnce: boolean): void {
    const resting = runs.filter(({ state, over }) => state !== null && !over);
    if (resting.length === 0) return;
    const strand = this.#strandOf(resting[0]!);
    const { epoch } = resting[0]!.state!;
    if (!atOnce && (strand.writing || !this.#isDue(strand, epoch))) return;
    // Their own buffers are used again by the next jobs.
    void this.#keep(
      strand,
      resting.map((run) => restingRun(run, { ...run.state!, parameters: copyOf(run.state!.parameters) }, [])),
    );
  }

  /** What became of runs of a strand is decided: none may be left. */
  settled(runs: readonly Run[]): void {
    const strand = this.#strands.get(runs[0]!)!;
    if (strand.runs.every(({ over }) => over)) this.#journal.over(strand.key);
  }

  /** Runs that began again with other streams have no state any more. */
  #strandOf(run: Run): KeptStrand {
    const strand = this.#strands.get(run)!;
    const reseeds = reseedsOfAll(strand.runs);
    if (reseeds > strand.reseeds) Object.assign(strand, { reseeds, epoch: 0, atMs: null });
    return strand;
  }

  #isDue(strand: KeptStrand, epoch: number): boolean {
    return performance.now() >= this.#dueMs(strand) && epoch >= strand.epoch + (this.#pace.epochs ?? 1);
  }

  /** When the next state may be taken, should it not depend on the epoch. */
  #dueMs(strand: KeptStrand): number {
    strand.atMs ??= performance.now();
    return stateDueMs(this.#pace, strand.atMs, strand.restsUntilMs);
  }

  #askFor(attempt: Attempt): void {
    const { slot, strand } = attempt;
    const left = this.#dueMs(strand) - performance.now();
    const ask = () => this.#session.want(slot, strand.epoch + (this.#pace.epochs ?? 1));
    if (left <= 0) ask();
    else attempt.timer = inBackground(setTimeout(ask, left));
  }

  async #take(attempt: Attempt, members: readonly (HandedMember | null)[]): Promise<void> {
    const { runs, strand, histories } = attempt;
    const resting = members.flatMap((member, place) => {
      if (member === null) return [];
      const { progress, parameters, history } = member;
      for (const record of history) histories[place]!.push(record);
      return [restingRun(runs[place]!, { ...progress, parameters }, histories[place]!)];
    });
    await this.#keep(strand, resting);
    this.#slotRestsUntilMs.set(attempt.slot, strand.restsUntilMs);
    if (!attempt.ended) this.#askFor(attempt);
  }

  async #keep(strand: KeptStrand, resting: readonly RestingRun[]): Promise<void> {
    strand.epoch = resting[0]!.state.epoch;
    strand.atMs = performance.now();
    strand.writing = true;
    await this.#journal.state(strand.key, resting);
    strand.writing = false;
    strand.restsUntilMs = restsUntilMs(strand.atMs);
  }
}

function reseedsOfAll(runs: readonly Run[]): number {
  return runs.reduce((sum, run) => sum + reseedsOf(run), 0);
}

/** Members tied in rounds rest after every epoch, when their group does; what is fitted at once has no epochs. */
function handsOver(job: Job): boolean {
  if (job.kind === 'group') return true;
  return hasEpochs(job.spec) && !(isNetwork(job.spec) && job.spec.tying !== null);
}

/** @param since its epochs in the job that it is in. */
function restingRun(run: Run, state: RestingRun['state'], since: readonly EpochRecord[]): RestingRun {
  const { memberIndices, delivered, streams, history } = run;
  return { first: memberIndices[0]!, streams, delivered, state, history: [...history, ...since] };
}

function copyOf(parameters: Float32Array): Float32Array<SharedArrayBuffer> {
  const copy = new Float32Array(allocateShared(parameters.byteLength));
  copy.set(parameters);
  return copy;
}

// What is told of a task while it is trained: how far it is, every now and then, and where another host could go on with
// it, as often as its coordinator wants. Neither a thread nor the task ever waits for it.

import type { Digest } from '../../blobs/blob-store.js';
import type { EpochRecord } from '../../ensemble/ensemble.js';
import { countShared } from '../../memory/uncounted-bytes.js';
import { hasEpochs } from '../../model/spec.js';
import { type CheckpointPace, restsUntilMs, stateDueMs } from '../../training/session/checkpoint-pace.js';
import type { HandedMember, HandOverHook, Job, MemberJob } from '../../training/session/job.js';
import type { Session } from '../../training/session/session.js';
import { membersOf } from '../messages/answer.js';
import type { TaskProgress } from '../messages/reports.js';

/** How often it is told, where there is something new: rarely enough that a thousand threads are no load of a queue. */
const REPORT_MS = 1500;
/** Until it is first told that a thread has it; a member that is over by then is told of by its result. */
const FIRST_LOOK_MS = 50;

/** How far a task is, whoever has it. */
export type TaskStanding = Omit<TaskProgress, 'host' | 'refused'>;

export interface TaskReportContext {
  readonly session: Session;
  readonly slot: number;
  readonly job: Job;
  /** How often members are handed over; null for not at all. */
  readonly pace: CheckpointPace | null;
  /** What an earlier host handed over, from which the job goes on; null where it begins as it was asked. */
  readonly earlier: Digest | null;
  /** Stores members that are handed over, each with all its epochs in this job. */
  readonly store: (members: readonly HandedMember[]) => Promise<Digest>;
  readonly tell: (standing: TaskStanding) => Promise<void>;
}

export class TaskReport {
  readonly #context: TaskReportContext;
  readonly #members: readonly MemberJob[];
  /** The epochs of each member that were handed over. */
  readonly #histories: readonly EpochRecord[][];
  #handed: Digest | null;
  /** Epochs finished when it was last handed over. */
  #epoch: number;
  #handedAtMs = performance.now();
  #restsUntilMs = 0;
  #storing = false;
  #telling = false;
  #told = '';
  #ended = false;
  #timer: NodeJS.Timeout | undefined;
  #wanting: NodeJS.Timeout | undefined;

  constructor(context: TaskReportContext) {
    const { job, earlier } = context;
    this.#context = context;
    this.#members = membersOf(job);
    this.#histories = this.#members.map(() => []);
    this.#handed = earlier;
    this.#epoch = this.#members[0]?.from?.epoch ?? 0;
  }

  /** Tells from now on. @returns who is handed the members; undefined for a job that hands over none. */
  begin(): HandOverHook | undefined {
    const { session, slot } = this.#context;
    this.#timer = setInterval(() => void this.#report(), FIRST_LOOK_MS);
    session.want(slot, null);
    if (!this.#handsOver()) return undefined;
    this.#ask();
    return (members) => void this.#take(members);
  }

  /** What has come of the job is known: nothing more is told or asked for. */
  end(): void {
    this.#ended = true;
    clearInterval(this.#timer);
    clearTimeout(this.#wanting);
  }

  /** Says where another host may go on, as this one gives it up. */
  tell(): Promise<void> {
    return this.#context.tell(this.#standing);
  }

  get #standing(): TaskStanding {
    const { session, slot, job } = this.#context;
    const own = session.progress().find((progress) => progress.slot === slot);
    const { member = null, epoch = 0, epochs = 0, loss = null, share = 0 } = own ?? {};
    // A thread that has just taken it up has not said yet from where it goes on.
    const reached = Math.max(epoch, this.#epoch);
    return { member: member ?? job.member, epoch: reached, epochs, loss, share, handed: this.#handed };
  }

  /** Stores members, each with all its epochs in this job, where another host may go on. @throws ERR_STORE */
  async keep(members: readonly HandedMember[]): Promise<void> {
    this.#handed = await this.#context.store(members);
    this.#epoch = members[0]!.progress.epoch;
  }

  async #report(): Promise<void> {
    const { session, slot, tell } = this.#context;
    // One that waits for a thread is not under way, however long it is here.
    if (this.#telling || this.#ended || !session.isTaken(slot)) return;
    const standing = this.#standing;
    const words = JSON.stringify(standing);
    if (words === this.#told) return;
    this.#telling = true;
    if (this.#told === '') {
      clearInterval(this.#timer);
      this.#timer = setInterval(() => void this.#report(), REPORT_MS);
    }
    try {
      await tell(standing);
      this.#told = words;
    } catch {
      // It is told again, as it is then.
    } finally {
      this.#telling = false;
    }
  }

  /** Members that have less than an epoch between two states have nothing to hand over. */
  #handsOver(): boolean {
    if (this.#context.pace === null) return false;
    return this.#members.some(({ spec, until, from }) => hasEpochs(spec) && until - (from?.epoch ?? 0) > 1);
  }

  /** Asks the slot's thread for its members, when it is time. */
  #ask(): void {
    const { session, slot, pace } = this.#context;
    const want = () => session.want(slot, this.#epoch + (pace!.epochs ?? 1));
    const leftMs = stateDueMs(pace!, this.#handedAtMs, this.#restsUntilMs) - performance.now();
    if (leftMs <= 0) want();
    else this.#wanting = setTimeout(want, leftMs);
  }

  async #take(members: readonly (HandedMember | null)[]): Promise<void> {
    // Of a group of which some are over no other host could go on with the rest: what these came to is not known yet.
    if (this.#ended || this.#storing || !members.every((member) => member !== null)) return;
    this.#storing = true;
    this.#handedAtMs = performance.now();
    for (const [place, { history, parameters }] of members.entries()) {
      countShared(parameters.buffer);
      for (const record of history) this.#histories[place]!.push(record);
    }
    try {
      await this.keep(members.map((member, place) => ({ ...member, history: [...this.#histories[place]!] })));
      await this.#report();
    } catch {
      // The store is away: the next one is asked for when it has had its time.
    }
    this.#storing = false;
    this.#restsUntilMs = restsUntilMs(this.#handedAtMs);
    if (!this.#ended) this.#ask();
  }
}

// A share of the tasks is done twice, by different hosts: equal plans give equal bytes, so that a host that computes wrong
// is found and named. Which of two is wrong is found out by doing the task here.

import type { Digest } from '../../blobs/blob-store.js';
import { TuttiError, toWire } from '../../errors.js';
import { settledWithin } from '../../long-calls.js';
import { createPool } from '../../pool/pool.js';
import type { Job } from '../../training/session/job.js';
import type { Doubt, PlannedTraining } from '../../training/session/session.js';
import { type JobAnswer, membersOf, packAnswer } from '../messages/answer.js';
import { jobOf } from '../messages/jobs.js';
import type { GetBytes, PutBytes, Task } from '../messages/task.js';
import type { ClusterEvents } from './cluster-events.js';
import { type TaskContext, TaskRun } from './task-run.js';

/** How often it is looked whether another host does what is left to be done twice, once all else is done. */
const LOOK_MS = 250;
/** So long it may be that nobody does, where there is another host. */
const PATIENCE_MS = 20_000;

/** What a host delivered. */
interface Delivered {
  readonly host: string;
  readonly members: readonly number[];
  /** Another host had the same bytes. */
  confirmed: boolean;
}

/** A task that came back. */
export interface DeliveredTask {
  readonly job: Job;
  readonly task: Task;
  readonly host: string;
  readonly digest: Digest;
}

export interface VerificationContext {
  readonly training: PlannedTraining;
  /** Of the tasks, 0…1. */
  readonly share: number;
  readonly events: ClusterEvents;
  readonly get: GetBytes;
  readonly put: PutBytes;
  /** Does a task here; replaced in tests of what nobody can bring about. @default on a thread of its own */
  readonly doHere?: (task: Task) => Promise<JobAnswer>;
  /** Told of a task that was asked for. */
  asked(id: string): void;
  /** Told once that the training must not go on. */
  differs(error: TuttiError): void;
}

export class Verification {
  readonly #tasks: TaskContext;
  readonly #context: VerificationContext;
  readonly #delivered: Delivered[] = [];
  /** Second times that are not decided, with the members that they are of. */
  readonly #open = new Map<Promise<void>, { readonly members: readonly number[]; run: TaskRun | null }>();
  readonly #verified = new Set<number>();
  /** Members whose second time came to nothing that could be compared. */
  readonly #undecided = new Set<number>();
  readonly #wrong = new Map<string, TuttiError>();
  /** The member with the smallest draw, so that few members are not all passed over. */
  readonly #least: number;
  #closed = false;

  constructor(tasks: TaskContext, context: VerificationContext) {
    this.#tasks = tasks;
    this.#context = context;
    let [least, smallest] = [-1, Number.POSITIVE_INFINITY];
    for (const { memberIndices } of context.share > 0 ? context.training.runs : []) {
      const draw = this.#drawOf(memberIndices[0]!, 'least');
      if (draw < smallest) [least, smallest] = [memberIndices[0]!, draw];
    }
    this.#least = least;
  }

  /** Takes note of what a host delivered, and has it done once more where it falls into the share. */
  delivered({ job, task, host, digest }: DeliveredTask): void {
    if (this.#context.share === 0) return;
    const members = membersOf(job).map(({ member }) => member);
    const delivered: Delivered = { host, members, confirmed: false };
    this.#delivered.push(delivered);
    if (!this.#isChosen(job)) return;
    const open: { readonly members: readonly number[]; run: TaskRun | null } = { members, run: null };
    const check = this.#check(task, delivered, digest, (run) => {
      open.run = run;
    }).finally(() => this.#open.delete(check));
    this.#open.set(check, open);
  }

  /**
   * All else is done: waits for the second times, unless nobody does them.
   * @param complete whether the training came to its end; otherwise nobody waits for them.
   */
  async settled(complete: boolean): Promise<Doubt | null> {
    let sinceMs = performance.now();
    while (complete && this.#open.size > 0 && this.#wrong.size === 0) {
      const before = this.#open.size;
      await settledWithin(LOOK_MS, Promise.race(this.#open.keys()));
      const inHand = [...this.#open.values()].some(({ run }) => run === null || run.latest !== null);
      if (inHand || this.#open.size < before) sinceMs = performance.now();
      else if (performance.now() - sinceMs > (await this.#patienceMs())) break;
    }
    if (complete && this.#wrong.size === 0) this.#say();
    for (const { run } of this.#open.values()) run?.end(ENDED);
    return this.#doubt();
  }

  close(): void {
    this.#closed = true;
    for (const { run } of this.#open.values()) run?.end(ENDED);
  }

  /** Whether a job is done twice. */
  #isChosen(job: Job): boolean {
    const { share } = this.#context;
    if (share === 0) return false;
    const { until } = membersOf(job)[0]!;
    return job.member === this.#least || this.#drawOf(job.member, `${until}`) < share;
  }

  #drawOf(member: number, more: string): number {
    const { plan } = this.#context.training;
    return this.#tasks.secret.drawOf(`verify ${plan.seed} ${member} ${more}`);
  }

  /** Never rejects. */
  async #check(
    task: Task,
    delivered: Delivered,
    digest: Digest,
    began: (run: TaskRun) => void,
  ): Promise<void> {
    const { training, get, asked } = this.#context;
    try {
      const copy = { ...task, copy: 1 };
      const job = await jobOf(copy, training, get, 0);
      if (this.#closed) return;
      const run = new TaskRun(this.#tasks, copy, job, { first: true, notHosts: [delivered.host] });
      asked(run.id);
      began(run);
      const second = await run.answer;
      // By an old call to pause, say, as this training goes on.
      if ('outcomes' in second.answer && second.answer.outcomes.some(({ status }) => status === 'paused')) {
        this.#leave(delivered);
        return;
      }
      if (second.outcomes === digest) {
        delivered.confirmed = true;
        for (const member of delivered.members) this.#verified.add(member);
      } else await this.#decide(task, delivered, digest, second.host, second.outcomes);
    } catch (error) {
      // Of a member that is not done twice nothing is said but that.
      if (error !== ENDED) this.#leave(delivered);
      if (error instanceof TuttiError && error !== ENDED) this.#tasks.troubled(error);
    }
  }

  /** Says that nothing was found out. */
  #leave({ members }: Delivered): void {
    for (const member of members) this.#undecided.add(member);
  }

  /** Who of two that differ is wrong. */
  async #decide(task: Task, first: Delivered, digest: Digest, host: string, other: Digest): Promise<void> {
    const own = await this.#here(task);
    const [member] = first.members;
    if (own !== digest) {
      const right = own === other ? [host, 'this one'] : ['this one'];
      this.#found(first.host, member!, right);
    }
    if (own !== other) {
      const right = own === digest ? [first.host, 'this one'] : ['this one'];
      this.#found(host, member!, right);
    }
    if (own === digest) first.confirmed = true;
  }

  #found(host: string, member: number, right: readonly string[]): void {
    const message = `Host ${host} answered with other bytes than ${right.join(' and ')} for member ${member}`;
    const error = new TuttiError('ERR_HOST_DIFFERS', message, { host, member });
    if (!this.#wrong.has(host)) this.#wrong.set(host, error);
    this.#context.differs(error);
  }

  async #here(task: Task): Promise<Digest> {
    const { training, get, put, doHere } = this.#context;
    const job = await jobOf(task, training, get, 0);
    const answer = doHere === undefined ? await doOnThread(training, job) : await doHere(task);
    return put(packAnswer(job, answer));
  }

  /** How long it may be that nobody does what is left. */
  async #patienceMs(): Promise<number> {
    const hosts = await this.#tasks.board.receivers().catch(() => 2);
    return hosts > 1 ? PATIENCE_MS : 0;
  }

  #say(): void {
    const { events } = this.#context;
    const left = [...this.#open.values()].flatMap(({ members }) => members);
    const verified = [...this.#verified].sort((a, b) => a - b);
    if (verified.length > 0) {
      const message = `Trained twice, on two hosts, to the same bytes: ${namesOf(verified)}`;
      events.say({ kind: 'verified', members: verified, message });
    }
    const undecided = [...this.#undecided];
    if (left.length + undecided.length === 0) return;
    const members = [...new Set([...left, ...undecided])].sort((a, b) => a - b);
    const nobody = 'no other host was there to train them again';
    const why = left.length > 0 ? nobody : 'they were not trained to their end again';
    events.say({ kind: 'unverified', members, message: `Not verified: ${namesOf(members)}, as ${why}` });
  }

  #doubt(): Doubt | null {
    if (this.#wrong.size === 0) return null;
    const hosts = [...this.#wrong.keys()];
    const doubted = this.#delivered.filter(({ host, confirmed }) => !confirmed && this.#wrong.has(host));
    const members = [...new Set(doubted.flatMap((delivered) => delivered.members))].sort((a, b) => a - b);
    const said = [...this.#wrong.values()].map(({ message }) => message).join('; ');
    const kept = members.length === 0 ? '' : `; nothing is kept of what came from there: ${namesOf(members)}`;
    const details = { host: hosts.join(', '), members: members.join(', ') };
    return { error: new TuttiError('ERR_HOST_DIFFERS', `${said}${kept}`, details), members };
  }
}

const ENDED = new TuttiError('ERR_CANCELLED', 'The training has ended');

/** Beyond that a message has no more room. */
const MOST_NAMED = 20;

function namesOf(members: readonly number[]): string {
  const named = members.slice(0, MOST_NAMED).join(', ');
  const more = members.length > MOST_NAMED ? ` and ${members.length - MOST_NAMED} more` : '';
  return `${members.length === 1 ? 'member' : 'members'} ${named}${more}`;
}

async function doOnThread(training: PlannedTraining, job: Job): Promise<JobAnswer> {
  const pool = createPool({ threads: 1 });
  const session = pool.open();
  try {
    await session.prepare(training);
    return { outcomes: await session.run(job, {}, new AbortController().signal) };
  } catch (error) {
    return { error: toWire(error) };
  } finally {
    session.close();
    await pool.destroy();
  }
}

// One task on its way: asked for, taken up by hosts, come back as an answer. Whatever of it is lost on the way, a result
// whose blob is gone or a queue that forgot it, it is asked for again; what a member or its threads came to is the answer.

import { setTimeout as wait } from 'node:timers/promises';
import type { Digest } from '../../blobs/blob-store.js';
import { TuttiError } from '../../errors.js';
import { isRepeated } from '../../training/coordinator/failure-policy.js';
import type { Job } from '../../training/session/job.js';
import { type AnsweredTraining, type JobAnswer, membersOf, unpackAnswer } from '../messages/answer.js';
import { sealTask } from '../messages/queued-task.js';
import {
  failureOf,
  openProgress,
  openResult,
  type Refusal,
  type TaskProgress,
  type TaskResult,
} from '../messages/reports.js';
import type { Secret } from '../messages/secret.js';
import type { GetBytes, Task } from '../messages/task.js';
import type { Asker, TaskBoard } from './task-board.js';

/** What all tasks of a training have in common here. */
export interface TaskContext {
  readonly board: TaskBoard;
  readonly secret: Secret;
  /** Where blobs are, for hosts. */
  readonly store: string;
  readonly get: GetBytes;
  readonly training: AnsweredTraining;
  /** A host says that it cannot take a task. */
  refused(host: string, refusal: Refusal): void;
  /** A task does not come along, because of a store or a host with another secret: it is tried again. */
  troubled(error: TuttiError): void;
}

/** A task that has come back. */
export interface TaskAnswer extends TaskResult {
  readonly answer: JobAnswer;
}

/** A result that cannot be used is asked for again so often: one that is altered each time has a cause. */
const MOST_AGAIN = 5;

/** How long a store that cannot be reached is left alone, at first and at most. */
const STORE_WAIT_MS = { least: 500, most: 30_000 };

export interface TaskRunOptions {
  /** Hosts that may not take it. */
  readonly notHosts?: readonly string[];
  /** Before those that wait. */
  readonly first?: boolean;
  /** Told of every report. */
  readonly onProgress?: (progress: TaskProgress) => void;
}

export class TaskRun implements Asker {
  readonly id: string;
  readonly task: Task;
  readonly answer: Promise<TaskAnswer>;
  readonly #context: TaskContext;
  readonly #job: Job;
  readonly #options: TaskRunOptions;
  /** Hosts that have had it in hand, in their order. */
  readonly #hosts = new Set<string>();
  #resolve!: (answer: TaskAnswer) => void;
  #reject!: (error: unknown) => void;
  #latest: TaskProgress | null = null;
  #latestText: string | null = null;
  #takings = 0;
  #over = false;
  #taking = false;
  #again = 0;

  /** @param job that the task asks for, whose buffers the answer is put into. */
  constructor(context: TaskContext, task: Task, job: Job, options: TaskRunOptions = {}) {
    this.#context = context;
    this.#job = job;
    this.#options = options;
    this.task = task;
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // It may be ended before anyone waits for it.
    this.answer.catch(() => undefined);
    this.id = this.#ask();
  }

  /** How far it is, of the host that has it; null while it waits. */
  get latest(): TaskProgress | null {
    return this.#latest;
  }

  /** How often a host has begun with it. */
  get takings(): number {
    return this.#takings;
  }

  /** Whether its answer is there, or nobody waits for it any more. */
  get over(): boolean {
    return this.#over;
  }

  /** Nobody waits for it any more: it is taken out of the queue. */
  end(error: TuttiError): void {
    if (this.#over) return;
    this.#finish(true);
    this.#reject(error);
  }

  /** What a host before said of itself does not hold of this one. */
  taken(): void {
    this.#latest = null;
  }

  progress(text: string): void {
    if (this.#over || text === this.#latestText) return;
    this.#latestText = text;
    void this.#read(text);
  }

  done(result: string): void {
    if (this.#over || this.#taking) return;
    this.#taking = true;
    void this.#fetch(result).finally(() => {
      this.#taking = false;
    });
  }

  failed(reason: string, lost: boolean): void {
    if (this.#over) return;
    // It may be tried again, and would fail at once where the queue remembered it.
    this.#finish(true);
    this.#reject(lost ? this.#lost() : failureOf(reason));
  }

  #ask(): string {
    const { board, secret, store } = this.#context;
    const { notHosts = [], first = false } = this.#options;
    const queued = sealTask(secret, this.task, { store, notHosts });
    board.ask(queued, this, first);
    return queued.id;
  }

  async #read(text: string): Promise<void> {
    const { secret, refused, troubled } = this.#context;
    try {
      const progress = await openProgress(secret, this.id, text);
      if (this.#over || text !== this.#latestText) return;
      if (progress.refused !== null) {
        this.#latest = null;
        refused(progress.host, progress.refused);
        return;
      }
      this.#hosts.add(progress.host);
      if (this.#latest === null) this.#takings++;
      this.#latest = progress;
      this.#options.onProgress?.(progress);
    } catch (error) {
      troubled(asTuttiError(error));
    }
  }

  async #fetch(text: string): Promise<void> {
    const { secret, troubled } = this.#context;
    try {
      const result = await openResult(secret, this.id, text);
      const bytes = await this.#bytesOf(result.outcomes);
      if (bytes === null) return;
      const isWanted = () => !this.#over;
      const answer = await unpackAnswer(bytes, this.#job, this.#context.training, result.host, isWanted);
      if (this.#over) return;
      if ('outcomes' in answer && answer.outcomes.some(({ status }) => status === 'stopped')) {
        // By a stop of another coordinator, which was before this one.
        this.#askAgain();
        return;
      }
      // What fails anywhere fails after a resume too; another failure would be remembered in vain.
      this.#finish('error' in answer && isRepeated(answer.error.code));
      this.#resolve({ ...result, answer });
    } catch (error) {
      if (this.#over) return;
      const problem = asTuttiError(error);
      troubled(problem);
      if (++this.#again > MOST_AGAIN) this.end(problem);
      else this.#askAgain();
    }
  }

  /** The answer's bytes, as soon as the store can be reached; null when nobody waits for them any more. */
  async #bytesOf(digest: Digest): Promise<Uint8Array | null> {
    for (let waitMs = STORE_WAIT_MS.least; ; waitMs = Math.min(2 * waitMs, STORE_WAIT_MS.most)) {
      if (this.#over) return null;
      try {
        return await this.#context.get(digest);
      } catch (error) {
        if (!(error instanceof TuttiError) || error.code !== 'ERR_STORE') throw error;
        this.#context.troubled(error);
        await wait(waitMs, undefined, { ref: false });
      }
    }
  }

  #askAgain(): void {
    this.#context.board.drop(this.id, this, true);
    this.#latest = null;
    this.#latestText = null;
    this.#ask();
  }

  #finish(remove: boolean): void {
    this.#over = true;
    this.#context.board.drop(this.id, this, remove);
  }

  #lost(): TuttiError {
    const hosts = [...this.#hosts];
    const who = hosts.length === 0 ? '' : `, ${hosts.join(', ')} among them`;
    const [first] = membersOf(this.#job);
    const member = first!.member;
    const message = `Member ${member} was given up, as every host that trained it was lost${who}`;
    return new TuttiError('ERR_HOST_LOST', message, { member, hosts: hosts.join(', ') });
  }
}

function asTuttiError(error: unknown): TuttiError {
  if (error instanceof TuttiError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new TuttiError('ERR_INTERNAL', message, {}, error);
}

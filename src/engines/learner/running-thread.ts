// One thread of a learner's from its start to its end: asks it for one thing at a time and says what came of it, be it
// that the learner never comes back or ends its thread.

import type { Worker } from 'node:worker_threads';
import { installedLearnerWorker } from '../../installed.js';
import { endBackground, startBackground } from '../../threads/background-threads.js';
import { moduleSeconds, reasonOf } from '../user-modules/user-module.js';
import { type Asked, READY, type Reply } from './thread-messages.js';

/** Seconds that a thread may take to start; without one, learners are called where they are needed. */
const START_SECONDS = 60;
const LOOK_MS = 100;

/** A reply, or why there is none, to follow on the learner's name: `ended its thread in predict`. */
export type Outcome = Pick<Reply, 'answer' | 'error'> | { readonly problem: string };

/** How it ended. */
interface End {
  readonly status: number;
  /** What was thrown outside of any request, if that is why. */
  readonly error: unknown;
}

/** What could not be started once is not tried again. */
let possible = true;

export class RunningThread {
  readonly #worker: Worker;
  /** Settles the request under way; a thread that ends settles it too. */
  #settle: (what: unknown) => void = () => {};
  #asked = 0;
  #end: End | null = null;

  /** A thread that is ready; null where none can be started: in a bundle without its file, say. */
  static async start(): Promise<RunningThread | null> {
    const file = possible ? installedLearnerWorker() : null;
    if (file === null) return null;
    try {
      const thread = new RunningThread(file);
      const first = await thread.#wait(START_SECONDS, (message) => message === READY);
      if (first === READY) return thread;
      await thread.end();
    } catch {
      // Not allowed, as under Node.js's permission model.
    }
    possible = false;
    return null;
  }

  private constructor(file: string) {
    const worker = startBackground(file, (message) => this.#settle(message));
    this.#worker = worker;
    let thrown: unknown = null;
    worker.on('error', (error) => (thrown = error));
    worker.once('exit', (status) => {
      this.#end = { status, error: thrown };
      this.#settle(this.#end);
    });
  }

  get ended(): boolean {
    return this.#end !== null;
  }

  /** @param name of what is asked for, for the problem. */
  async ask(asked: Asked, name: string, transfer: readonly ArrayBuffer[] = []): Promise<Outcome> {
    const id = ++this.#asked;
    const seconds = moduleSeconds();
    this.#worker.postMessage({ id, asked }, transfer);
    const came = await this.#wait(seconds, (message) => (message as Partial<Reply> | null)?.id === id);
    if (came === null) {
      await this.end();
      const remedy = 'TUTTI_MODULE_TIMEOUT gives it more';
      return { problem: `had not finished ${name} after ${seconds} s; does it loop? ${remedy}` };
    }
    if (came === this.#end) return { problem: problemOf(this.#end!, name) };
    const reply = came as Reply;
    if (reply.spoiled) await this.end();
    return reply;
  }

  /** Asks for what needs no reply. */
  tell(asked: Asked): void {
    this.#worker.postMessage({ id: 0, asked });
  }

  async end(): Promise<void> {
    await endBackground([this.#worker]);
    this.#end ??= { status: 1, error: null };
  }

  /** What comes first: a message that is awaited, the thread's end, or null when the time is over. */
  #wait(seconds: number, isIt: (message: unknown) => boolean): Promise<unknown> {
    if (this.#end !== null) return Promise.resolve(this.#end);
    return new Promise((resolve) => {
      let looked = performance.now();
      let waitedMs = 0;
      // Keeps the process, too, which the thread does not.
      const timer = setInterval(() => {
        const now = performance.now();
        // A machine that slept, or a blocked calling thread, is not the learner's fault.
        waitedMs += Math.min(now - looked, 2 * LOOK_MS);
        looked = now;
        if (waitedMs >= seconds * 1000) done(null);
      }, LOOK_MS);
      const done = (what: unknown) => {
        clearInterval(timer);
        this.#settle = () => {};
        resolve(what);
      };
      this.#settle = (what) => {
        if (what === this.#end || isIt(what)) done(what);
      };
    });
  }
}

function problemOf({ status, error }: End, name: string): string {
  if (error === null) return `ended its thread in ${name} (exit status ${status})`;
  return `lost its thread in ${name}: ${reasonOf(error)}`;
}

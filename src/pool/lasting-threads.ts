// Threads for as long as a pool lasts. Where those that are there can start no others, because the system refuses one for
// a moment or one dies while it loads, all are started anew; and a task that no thread had begun when it was lost is sent
// again, which is no matter of whoever waits for it.

import type { MessagePort } from 'node:worker_threads';
import type { TuttiError } from '../errors.js';
import type { Asked } from './messages.js';
import { NotBegun, Threads, type ThreadsOptions } from './threads.js';

/** Starts without a single task done between them: more will not help. */
const MAX_STARTS = 5;
/** Times that one task may be lost before it is begun. */
const MAX_SENT = 10;

export class LastingThreads {
  readonly #options: ThreadsOptions;
  #threads: Threads;
  #starts = 1;
  #ended = false;

  /** @throws ERR_THREAD_START when the system refuses a thread. */
  constructor(options: ThreadsOptions) {
    this.#options = options;
    this.#threads = new Threads(options);
  }

  /** Why no thread can start, once that is known; tasks reject with it from then on. */
  get failure(): TuttiError | null {
    return this.#mayStart() ? null : this.#threads.failure;
  }

  /**
   * As {@link Threads.run}.
   * @param make makes the task, as often as it is sent: a port that was handed over is gone with its thread.
   */
  async run(make: () => Asked, signal: AbortSignal): Promise<unknown> {
    for (let sent = 1; ; sent++) {
      try {
        const task = make();
        const result = await this.#living().run(task, signal, portsOf(task));
        this.#starts = 1;
        return result;
      } catch (error) {
        if (!(error instanceof NotBegun)) throw error;
        if (this.#ended || sent >= MAX_SENT) throw error.cause;
      }
    }
  }

  /** Ends all threads; tasks under way reject. */
  async destroy(): Promise<void> {
    this.#ended = true;
    await this.#threads.destroy();
  }

  #living(): Threads {
    if (this.#mayStart()) {
      this.#starts++;
      this.#threads = new Threads(this.#options);
    }
    return this.#threads;
  }

  /** Whether there are none, but there were. */
  #mayStart(): boolean {
    const { failure, everStarted } = this.#threads;
    return failure !== null && everStarted && !this.#ended && this.#starts < MAX_STARTS;
  }
}

function portsOf(task: Asked): readonly MessagePort[] {
  return 'job' in task && task.hooks !== null ? [task.hooks] : [];
}

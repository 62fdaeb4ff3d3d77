// Answers that could not be stored, because their store was away: kept until their task comes again, which it does with another
// store where its coordinator has one, so that nothing is trained twice for that.

import type { WorkerEvent } from './worker-events.js';

/** What a task came to. */
export interface KeptAnswer {
  /** Packed. */
  readonly bytes: Uint8Array;
  readonly executors: readonly string[];
  /** Told once it is stored. */
  readonly done: WorkerEvent;
}

/** Those beyond are trained again. */
const MOST_BYTES = 256 * 2 ** 20;

export class KeptAnswers {
  readonly #answers = new Map<string, KeptAnswer>();
  #bytes = 0;

  /** Keeps a task's answer; the oldest go where there is no room. */
  keep(task: string, answer: KeptAnswer): void {
    this.forget(task);
    if (answer.bytes.length > MOST_BYTES) return;
    this.#answers.set(task, answer);
    this.#bytes += answer.bytes.length;
    for (const oldest of this.#answers.keys()) {
      if (this.#bytes <= MOST_BYTES) return;
      this.forget(oldest);
    }
  }

  of(task: string): KeptAnswer | null {
    return this.#answers.get(task) ?? null;
  }

  forget(task: string): void {
    this.#bytes -= this.#answers.get(task)?.bytes.length ?? 0;
    this.#answers.delete(task);
  }
}

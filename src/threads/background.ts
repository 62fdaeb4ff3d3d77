// What runs a user's code for the thread that waits for it, be it a thread or a process: it hears messages and answers,
// and whoever waits learns how it ended.

import type { Worker } from 'node:worker_threads';
import { endBackground, startBackground } from './background-threads.js';

/** The first message of such a thread or process. */
export const READY = 'ready';

/** How it ended. */
export interface End {
  /** `exit status 3`, `signal SIGSEGV`. */
  readonly status: string;
  /** What was thrown outside of any request, in a line, if that is why. */
  readonly thrown: string | null;
}

export interface Background {
  readonly what: 'thread' | 'process';
  /** Hears it from now on. @param onEnd called once. */
  listen(onMessage: (message: unknown) => void, onEnd: (end: End) => void): void;
  /** Sends a message. @param transfer memory that may be handed over in place of a copy. */
  post(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  /** Ends it, by force where it does not end itself. */
  end(): Promise<void>;
}

/** A thread that keeps no process alive. */
export class BackgroundThread implements Background {
  readonly what = 'thread';
  readonly #worker: Worker;
  #onMessage: (message: unknown) => void = () => {};

  /** @throws whatever Node.js throws where threads may not be started. */
  constructor(file: string) {
    this.#worker = startBackground(file, (message) => this.#onMessage(message));
  }

  listen(onMessage: (message: unknown) => void, onEnd: (end: End) => void): void {
    this.#onMessage = onMessage;
    let thrown: string | null = null;
    this.#worker.on('error', (error) => (thrown = inALine(error)));
    this.#worker.once('exit', (status) => onEnd({ status: `exit status ${status}`, thrown }));
  }

  post(message: unknown, transfer: readonly ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  end(): Promise<void> {
    return endBackground([this.#worker]);
  }
}

/** What a user's code threw; it may itself throw when it is looked at. */
export function inALine(error: unknown): string {
  try {
    const text = error instanceof Error ? String(error.message || error.name) : String(error);
    return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)} …` : text;
  } catch {
    return 'something that cannot be shown';
  }
}

const MOST_CHARACTERS = 10_000;

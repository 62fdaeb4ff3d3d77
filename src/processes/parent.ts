// The process that started this one, as this one's first thread sees it: messages from and to it. What ends it ends this
// one (watch-parent.ts), even while this thread is too busy to hear of it.

import { Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { inALine, READY } from '../threads/background.js';
import { MessagePipe } from './message-pipe.js';
import { type LastWord, MESSAGES } from './protocol.js';
import { type Followed, WATCHING } from './watch-parent.js';

export class Parent {
  readonly #socket = new Socket({ fd: MESSAGES });
  readonly #pipe: MessagePipe;
  readonly #watcher: Worker;
  #onMessage: (message: unknown) => void = () => {};

  /** Takes up with it; a program calls this once, before it runs any code that is not its own. */
  static async meet(): Promise<Parent> {
    const parent = new Parent();
    await new Promise((watching) => parent.#watcher.once('message', watching));
    return parent;
  }

  private constructor() {
    this.#pipe = new MessagePipe(this.#socket, {
      allocate: (bytes) => new ArrayBuffer(bytes),
      onMessage: (message) => this.#onMessage(message),
      onGarbage: () => process.exit(1),
    });
    // The file that runs here: it is the one that is there in a bundle. Nothing of the flags is for it.
    this.#watcher = new Worker(process.argv[1]!, { execArgv: [], env: {}, workerData: WATCHING });
    this.#watcher.unref();
    process.on('uncaughtExceptionMonitor', (error) => {
      this.say({ lastWord: inALine(error) } satisfies LastWord);
    });
  }

  /** Says that this process is ready, and hears what it is told from now on. */
  listen(onMessage: (message: unknown) => void): void {
    this.#onMessage = onMessage;
    this.say(READY);
  }

  /** Sends what can always be sent. */
  say(message: unknown): void {
    void this.send(message);
  }

  /** @throws what cannot be sent. */
  send(message: unknown): Promise<void> {
    return this.#pipe.send(message);
  }

  /** Has the job of a slot watched from now on; null for none. */
  follow(job: Followed | null): void {
    this.#watcher.postMessage(job);
  }

  /** Whether waiting for messages keeps this process. */
  keep(on: boolean): void {
    if (on) this.#socket.ref();
    else this.#socket.unref();
  }
}

// A thread, or a process, that runs a module of the user's, from its start to its end: asks it for one thing at a time and
// says what came of it, be it that the module never comes back or ends what it runs in.

import type { WireError } from '../../errors.js';
import { type Background, type End, READY } from '../../threads/background.js';
import { moduleSeconds } from './user-module.js';

/** Seconds that one may take to start. */
const START_SECONDS = 60;
const LOOK_MS = 100;

export interface Request<Asked> {
  readonly id: number;
  readonly asked: Asked;
}

export interface Reply<Answer> {
  readonly id: number;
  readonly answer?: Answer;
  readonly error?: WireError;
  /** The module has changed JavaScript for good: nothing that is answered from now on counts. */
  readonly spoiled: boolean;
}

/** A reply, or why there is none, to follow on the learner's name: `ended its thread in predict`. */
export type Outcome<Answer> = Pick<Reply<Answer>, 'answer' | 'error'> | { readonly problem: string };

export class RunningModule<Asked, Answer> {
  readonly #background: Background;
  /** Settles the request under way; a thread that ends settles it too. */
  #settle: (what: unknown) => void = () => {};
  #asked = 0;
  #end: End | null = null;

  constructor(background: Background) {
    this.#background = background;
    background.listen(
      (message) => this.#settle(message),
      (end) => {
        this.#end ??= end;
        this.#settle(this.#end);
      },
    );
  }

  /** Whether it says in time that it is ready. */
  async starts(): Promise<boolean> {
    return (await this.#wait(START_SECONDS, (message) => message === READY)) === READY;
  }

  get ended(): boolean {
    return this.#end !== null;
  }

  /** @param name of what is asked for, for the problem. */
  async ask(asked: Asked, name: string, transfer: readonly ArrayBuffer[] = []): Promise<Outcome<Answer>> {
    const id = ++this.#asked;
    const seconds = moduleSeconds();
    this.#background.post({ id, asked } satisfies Request<Asked>, transfer);
    const came = await this.#wait(
      seconds,
      (message) => (message as Partial<Reply<Answer>> | null)?.id === id,
    );
    if (came === null) {
      await this.end();
      const remedy = 'TUTTI_MODULE_TIMEOUT gives it more';
      return { problem: `had not finished ${name} after ${seconds} s; does it loop? ${remedy}` };
    }
    if (came === this.#end) return { problem: this.#problem(this.#end!, name) };
    const reply = came as Reply<Answer>;
    if (reply.spoiled) await this.end();
    return reply;
  }

  /** Asks for what needs no reply. */
  tell(asked: Asked): void {
    this.#background.post({ id: 0, asked });
  }

  async end(): Promise<void> {
    await this.#background.end();
    this.#end ??= { status: 'exit status 1', thrown: null };
  }

  #problem({ status, thrown }: End, name: string): string {
    const { what } = this.#background;
    if (thrown === null) return `ended its ${what} in ${name} (${status})`;
    return `lost its ${what} in ${name}: ${thrown}`;
  }

  /** What comes first: a message that is awaited, its end, or null when the time is over. */
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

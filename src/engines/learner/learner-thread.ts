// Predicts with learners on threads of their own, or in processes, one for each module: one that loops, waits or ends its process costs
// its own answer, and what it leaves open keeps nobody. Started when needed, and again when it has ended; ended when
// nobody has had use for it for a while. Where no thread can be started, learners are called here.

import { fromWire } from '../../errors.js';
import type { ModuleSpec } from '../../model/spec.js';
import type { Isolation } from '../../processes/protocol.js';
import { probeModule } from '../user-modules/probe-module.js';
import type { Outcome } from '../user-modules/running-module.js';
import { fileKey, importError } from '../user-modules/user-module.js';
import { loadLearner } from './learner.js';
import { learnerInProcess, learnerOnThread, type RunningLearner } from './running-learner.js';
import { type Answer, type ServedModel, serveHere } from './served-model.js';
import { failLearner, type LearnerPlace } from './stored-model.js';

/** How long a thread stays without a model: evaluating comes soon after training, one prediction after another. */
const IDLE_MS = 10_000;

/** A member's learner and what it learnt. */
export interface StoredMember {
  readonly module: ModuleSpec;
  readonly index: number;
  readonly model: Uint8Array;
}

/**
 * Imports a learner where predictions will call it.
 * @throws ERR_MODULE as {@link loadLearner}, and when it never finishes or ends its thread.
 */
export async function checkLearner(module: ModuleSpec, member: number, isolate: Isolation): Promise<void> {
  await threadOf(module, isolate).inTurn(async (running) => {
    if (running !== null) return importThere(running, module, member);
    await probeModule({ module, member });
    await loadLearner(module, member);
  });
}

/**
 * Restores a model on its learner's thread, or in its process.
 * @throws ERR_MODULE, ERR_LEARNER, ERR_BUNDLE naming the member and the module.
 */
export async function serveApart(member: StoredMember, isolate: Isolation): Promise<ServedModel> {
  const thread = threadOf(member.module, isolate);
  const model = new ApartModel(member);
  const letGo = thread.hold();
  try {
    await thread.inTurn((running) => model.restore(running));
  } catch (error) {
    letGo();
    throw error;
  }
  return {
    predict: (x, rows, length) => thread.inTurn((running) => model.predict(running, x, rows, length)),
    dispose: () => {
      model.drop();
      letGo();
    },
  };
}

const threads = new Map<string, LearnerThread>();

function threadOf(module: ModuleSpec, isolate: Isolation): LearnerThread {
  const key = `${isolate} ${fileKey(module)}`;
  const known = threads.get(key);
  if (known !== undefined) return known;
  const start = isolate === null ? learnerOnThread : learnerInProcess;
  const thread = new LearnerThread(start, () => threads.delete(key));
  threads.set(key, thread);
  return thread;
}

/** Lets those who need a module's thread have it one after the other. */
class LearnerThread {
  #running: RunningLearner | null = null;
  #last: Promise<unknown> = Promise.resolve();
  /** Who waits for it or has it, and models on it. */
  #users = 0;
  #idle: NodeJS.Timeout | undefined;
  readonly #start: () => Promise<RunningLearner | null>;
  readonly #forget: () => void;

  constructor(start: () => Promise<RunningLearner | null>, forget: () => void) {
    this.#start = start;
    this.#forget = forget;
  }

  /** Keeps it until the returned function is called. */
  hold(): () => void {
    this.#users++;
    clearTimeout(this.#idle);
    return () => {
      if (--this.#users === 0) this.#idle = setTimeout(() => this.#finish(), IDLE_MS).unref();
    };
  }

  /** @param use is given the thread; null where none can be started. */
  inTurn<T>(use: (running: RunningLearner | null) => Promise<T>): Promise<T> {
    const letGo = this.hold();
    const mine = this.#last.then(async () => use(await this.#started()));
    this.#last = mine.catch(() => {}).finally(letGo);
    return mine;
  }

  async #started(): Promise<RunningLearner | null> {
    if (this.#running === null || this.#running.ended) this.#running = await this.#start();
    return this.#running;
  }

  #finish(): void {
    this.#forget();
    void this.#running?.end();
  }
}

let models = 0;

/** A member's model, on whichever thread its learner has now. */
class ApartModel {
  readonly #member: StoredMember;
  readonly #place: LearnerPlace;
  readonly #name = ++models;
  #on: RunningLearner | null = null;
  #here: ServedModel | null = null;

  constructor(member: StoredMember) {
    this.#member = member;
    this.#place = { member: member.index, path: member.module.path };
  }

  async restore(running: RunningLearner | null): Promise<void> {
    const { module, index, model } = this.#member;
    if (running === null) {
      const learner = await loadLearner(module, index);
      this.#here ??= await serveHere(learner, model, this.#place);
      return;
    }
    if (this.#on === running) return;
    await importThere(running, module, index);
    // A copy of its own size: of a view, all that it is a view of would be sent.
    const bytes = Uint8Array.from(model);
    const asked = { kind: 'restore', model: this.#name, place: this.#place, bytes } as const;
    this.#reply(await running.ask(asked, 'load', [bytes.buffer]));
    this.#on = running;
  }

  async predict(
    running: RunningLearner | null,
    x: Float32Array<ArrayBuffer>,
    rows: number,
    length: number,
  ): Promise<Answer> {
    await this.restore(running);
    if (running === null) return this.#here!.predict(x, rows, length);
    const asked = { kind: 'predict', model: this.#name, x, rows, length } as const;
    return this.#reply(await running.ask(asked, 'predict', [x.buffer])).answer!;
  }

  drop(): void {
    this.#on?.tell({ kind: 'drop', model: this.#name });
  }

  #reply(outcome: Outcome<Answer>): { readonly answer?: Answer } {
    if ('problem' in outcome) return failLearner(this.#place, outcome.problem);
    if (outcome.error !== undefined) throw fromWire(outcome.error);
    return outcome;
  }
}

async function importThere(running: RunningLearner, module: ModuleSpec, member: number): Promise<void> {
  const outcome = await running.ask({ kind: 'import', module, member }, 'loading');
  if ('problem' in outcome) throw importError({ module, member }, `it ${outcome.problem}`);
  if (outcome.error !== undefined) throw fromWire(outcome.error);
}

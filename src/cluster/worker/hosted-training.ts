// One training on this host: its dataset in shared memory, and who has which of its slots. It is open while tasks of it
// come; what a task is and where it came from is not its business.

import type { Dataset } from '../../data/dataset/dataset.js';
import { TuttiError } from '../../errors.js';
import type { EnsemblePlan } from '../../model/spec.js';
import { listRuns } from '../../training/plan/runs.js';
import { listGroups } from '../../training/plan/tying.js';
import type { Job, JobHooks, MemberOutcome } from '../../training/session/job.js';
import type { MemberRunner } from '../../training/session/runner.js';
import type { PreparedSession, Session } from '../../training/session/session.js';
import { Returned, type WhyEnded } from './returned.js';

/** What is trained, as it came from the store. */
export interface TrainingInputs {
  /** Its modules at paths of this host. */
  readonly plan: EnsemblePlan;
  readonly dataset: Dataset;
  readonly reseeds: number;
}

/** How a training ends here: what is in hand is given up, or handed over with its epoch; and who wants that. */
export interface Ending {
  readonly how: 'stop' | 'pause';
  readonly why: WhyEnded;
}

/** Waits for a slot. */
interface Waiting {
  readonly sit: (slot: number) => void;
  readonly leave: (reason: unknown) => void;
}

export class HostedTraining {
  readonly plan: EnsemblePlan;
  readonly dataset: Dataset;
  readonly reseeds: number;
  readonly prepared: PreparedSession;
  readonly session: Session;
  readonly #free: number[];
  readonly #waiting: Waiting[] = [];
  /** Slots of threads that cannot be ended: whenever they come back they may write there. */
  #blocked = 0;
  #inHand = 0;
  #ending: Ending | null = null;
  #closed = false;
  #whenEmpty: (() => void) | null = null;

  /** @throws ERR_MEMORY, ERR_ARITHMETIC, ERR_EXECUTOR where this host cannot train it. */
  static async open(runner: MemberRunner, inputs: TrainingInputs): Promise<HostedTraining> {
    const { plan, dataset, reseeds } = inputs;
    const session = runner.open();
    try {
      const runs = listRuns(plan);
      const groups = listGroups(runs, dataset, plan.seed);
      // Any member may be asked for its state: this host may have to go before it is trained.
      const training = { plan, dataset, runs, groups, reseeds, keepsStates: true };
      return new HostedTraining(inputs, session, await session.prepare(training));
    } catch (error) {
      session.close();
      throw error;
    }
  }

  private constructor(inputs: TrainingInputs, session: Session, prepared: PreparedSession) {
    this.plan = inputs.plan;
    this.dataset = inputs.dataset;
    this.reseeds = inputs.reseeds;
    this.session = session;
    this.prepared = prepared;
    this.#free = Array.from({ length: prepared.slots }, (_, slot) => slot);
  }

  /** Tasks that have a slot or wait for one. */
  get inHand(): number {
    return this.#inHand;
  }

  /** How it is being ended; null while it takes tasks. */
  get ending(): Ending | null {
    return this.#ending;
  }

  /**
   * Does something on a slot, once there is one.
   * @param patienceMs how long it is waited for.
   * @throws {@link Returned} when there is none by then, or the training is ended first; the signal's reason when that is aborted first;
   * ERR_THREAD_BLOCKED when there is none any more.
   */
  async onSlot<Value>(
    signal: AbortSignal,
    patienceMs: number,
    work: (slot: number) => Promise<Value>,
  ): Promise<Value> {
    this.#inHand++;
    try {
      const slot = await this.#take(signal, patienceMs);
      let isLost = false;
      try {
        return await work(slot);
      } catch (error) {
        isLost = error instanceof TuttiError && error.code === 'ERR_THREAD_BLOCKED';
        throw error;
      } finally {
        if (isLost) this.#lose();
        else this.#giveBack(slot);
      }
    } finally {
      if (--this.#inHand === 0) this.#whenEmpty?.();
    }
  }

  /** Runs a job that was made for any slot on this one. */
  run(job: Job, slot: number, hooks: JobHooks, signal: AbortSignal): Promise<readonly MemberOutcome[]> {
    return this.session.run(onSlot(job, slot), hooks, signal);
  }

  /** Asks what is in hand to stop, or to end with its epoch; no more tasks are taken. */
  end(ending: Ending): void {
    if (this.#ending?.how === 'stop') return;
    // A coordinator that paused it waits for what this host would hand to others.
    if (ending.how === 'stop' || this.#ending === null) this.#ending = ending;
    if (ending.how === 'stop') this.session.stop();
    else this.session.pause();
    for (const { leave } of [...this.#waiting]) leave(new Returned(ending.why));
  }

  /** Gives its memory back once nothing is in hand; nothing may be begun any more. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#inHand > 0) {
      await new Promise<void>((resolve) => {
        this.#whenEmpty = resolve;
      });
    }
    this.session.close();
  }

  #take(signal: AbortSignal, patienceMs: number): Promise<number> {
    if (signal.aborted) return Promise.reject(signal.reason);
    if (this.#ending !== null) return Promise.reject(new Returned(this.#ending.why));
    if (this.#closed) return Promise.reject(new Returned('busy'));
    if (this.#blocked === this.prepared.slots) return Promise.reject(allBlocked());
    const slot = this.#free.pop();
    if (slot !== undefined) return Promise.resolve(slot);
    return new Promise((resolve, reject) => {
      const done = () => {
        clearTimeout(late);
        signal.removeEventListener('abort', onAbort);
        const at = this.#waiting.indexOf(waiting);
        if (at >= 0) this.#waiting.splice(at, 1);
      };
      const onAbort = () => waiting.leave(signal.reason);
      const waiting: Waiting = {
        sit: (own) => {
          done();
          resolve(own);
        },
        leave: (reason) => {
          done();
          reject(reason);
        },
      };
      const late = setTimeout(() => waiting.leave(new Returned('full')), patienceMs);
      this.#waiting.push(waiting);
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  #giveBack(slot: number): void {
    const [next] = this.#waiting;
    if (next === undefined) this.#free.push(slot);
    else next.sit(slot);
  }

  #lose(): void {
    if (++this.#blocked < this.prepared.slots) return;
    for (const { leave } of [...this.#waiting]) leave(allBlocked());
  }
}

function allBlocked(): TuttiError {
  const message = 'Every thread of this training on this host is blocked in the operating system';
  return new TuttiError('ERR_THREAD_BLOCKED', message);
}

function onSlot(job: Job, slot: number): Job {
  if (job.kind === 'member') return { ...job, slot };
  return { ...job, slot, members: job.members.map((member) => ({ ...member, slot })) };
}

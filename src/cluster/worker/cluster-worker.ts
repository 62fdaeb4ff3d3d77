// A machine's part in a cluster: takes tasks from a queue, as many as it has threads, and has them trained in its pool. The
// main thread only talks, so that what a queue must hear in time it hears, whatever members do.

// The declaration file names AsyncDisposable, which a user's own libs may not hold.
/// <reference lib="esnext.disposable" preserve="true" />

import type { BlobStore } from '../../blobs/blob-store.js';
import { TuttiError } from '../../errors.js';
import type { MemberRunner } from '../../training/session/runner.js';
import { type Control, openControl } from '../messages/reports.js';
import type { Secret } from '../messages/secret.js';
import type { ReceiverEvents, TaskReceiver } from '../queue/task-queue.js';
import { GrowingRest } from './growing-rest.js';
import { type HeldTask, type HostContext, handleTask } from './handle-task.js';
import type { HostModules } from './host-modules.js';
import { HostStores } from './host-stores.js';
import { HostedTrainings } from './hosted-trainings.js';
import { KeptAnswers } from './kept-answers.js';
import { Refusals } from './refusals.js';
import { sleep } from './sleep.js';
import type { WorkerEvent } from './worker-events.js';

/** Tasks beyond those in training that wait here, so that a thread has the next while the queue hears of the last. */
const AHEAD = 1;
/** Where it waited for nothing, none does for so long. */
const LEAST_AHEAD_MS = 5000;
const MOST_AHEAD_MS = 60_000;

/** What a queue may take to take back what is given up. */
const GIVING_BACK_MS = 5000;

/** A worker that takes tasks until it is drained or closed. */
export interface ClusterWorker extends AsyncDisposable {
  /** What it is called. */
  readonly host: string;
  readonly threads: number;
  /** Tasks in hand. */
  readonly inHand: number;
  /** Since when it has had none, of `performance.now()`; null while it has. */
  readonly idleSinceMs: number | null;
  /**
   * Takes no more tasks; members in training end their epoch, others go on with them elsewhere from there. What takes longer
   * than the grace is given up. Resolves when all is over.
   */
  drain(): Promise<void>;
  /** Gives everything up at once; the queue gives it to others when it misses this host. */
  close(): Promise<void>;
}

/** What a worker is made of. */
export interface WorkerParts {
  readonly host: string;
  readonly secret: Secret;
  /** Ended with the worker. */
  readonly pool: MemberRunner & { destroy(): Promise<void> };
  readonly modules: HostModules;
  readonly openStore: (address: string) => Promise<BlobStore>;
  readonly connect: (events: ReceiverEvents) => Promise<TaskReceiver>;
  readonly graceMs: number;
  readonly storePatienceMs?: number;
  readonly tell: (event: WorkerEvent) => void;
}

/** Begins to take tasks. @throws ERR_QUEUE when the queue cannot be reached. */
export async function runWorker(parts: WorkerParts): Promise<ClusterWorker> {
  const worker = new Worker(parts);
  await worker.begin();
  return worker;
}

class Worker implements ClusterWorker {
  readonly host: string;
  readonly threads: number;
  readonly #parts: WorkerParts;
  readonly #context: HostContext;
  readonly #held = new Map<string, HeldTask>();
  readonly #ending = new AbortController();
  #receiver: TaskReceiver | null = null;
  #inHand = 0;
  #idleSinceMs: number | null = performance.now();
  #draining: Promise<void> | null = null;
  #closing: Promise<void> | null = null;

  constructor(parts: WorkerParts) {
    const { host, secret, pool: runner, modules, openStore, tell } = parts;
    this.host = host;
    this.threads = runner.threads;
    this.#parts = parts;
    this.#context = {
      ...{ host, secret, tell, answers: new KeptAnswers() },
      trainings: new HostedTrainings({ host, runner, modules, tell }),
      stores: new HostStores({ open: openStore, tell, patienceMs: parts.storePatienceMs }),
      ahead: new GrowingRest(LEAST_AHEAD_MS, MOST_AHEAD_MS),
      refusals: new Refusals({ host, secret, tell, ending: this.#ending.signal }),
    };
  }

  get inHand(): number {
    return this.#inHand;
  }

  get idleSinceMs(): number | null {
    return this.#idleSinceMs;
  }

  async begin(): Promise<void> {
    const { connect, tell } = this.#parts;
    try {
      this.#receiver = await connect({
        told: (message) => void this.#told(message),
        disconnected: (problem) => tell({ kind: 'disconnected', problem }),
        reconnected: () => tell({ kind: 'reconnected' }),
      });
    } catch (error) {
      await this.#parts.pool.destroy();
      throw error;
    }
    this.#receiver.start(this.threads + AHEAD, async (delivery) => {
      this.#inHand++;
      this.#idleSinceMs = null;
      let held: HeldTask | null = null;
      try {
        return await handleTask(delivery, this.#context, (task) => {
          held = task;
          this.#held.set(delivery.id, task);
        });
      } finally {
        // It may have come once more meanwhile.
        if (this.#held.get(delivery.id) === held) this.#held.delete(delivery.id);
        if (--this.#inHand === 0) this.#idleSinceMs = performance.now();
      }
    });
  }

  drain(): Promise<void> {
    this.#draining ??= this.#drain();
    return this.#draining;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.drain();
  }

  async #drain(): Promise<void> {
    if (this.#closing !== null) return this.#closing;
    this.#parts.tell({ kind: 'draining', tasks: this.#inHand });
    this.#ending.abort();
    const drained = this.#receiver?.drain();
    void this.#context.trainings.end(null, { how: 'pause', why: 'drained' });
    const done = new AbortController();
    const { graceMs } = this.#parts;
    void sleep(graceMs, done.signal).then(() => this.#giveUp());
    // A queue that is away takes nothing back; it misses this host by and by.
    await Promise.race([drained, sleep(graceMs + GIVING_BACK_MS, done.signal)]);
    done.abort();
    await this.close();
  }

  async #close(): Promise<void> {
    this.#ending.abort();
    this.#giveUp();
    await this.#end();
  }

  #giveUp(): void {
    for (const { giveUp } of this.#held.values()) giveUp('drained');
  }

  async #end(): Promise<void> {
    await this.#receiver?.close();
    await this.#parts.pool.destroy();
    await this.#context.trainings.close();
    await this.#context.stores.close();
    this.#parts.tell({ kind: 'ended' });
  }

  async #told(message: string): Promise<void> {
    try {
      await this.#obey(await openControl(this.#parts.secret, message));
    } catch (error) {
      // Of a coordinator with another secret: it is none of this host's.
      if (!(error instanceof TuttiError) || error.code !== 'ERR_TASK') throw error;
    }
  }

  async #obey({ call, training, task }: Control): Promise<void> {
    if (task === null) await this.#context.trainings.end(training, { how: call, why: 'stopped' });
    else this.#held.get(task)?.giveUp('stopped');
  }
}

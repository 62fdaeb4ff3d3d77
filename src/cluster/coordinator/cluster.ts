// A cluster as a runner of members: one connection to a queue and one store for any number of trainings.

// The declaration file names AsyncDisposable, which a user's own libs may not hold.
/// <reference lib="esnext.disposable" preserve="true" />

import type { BlobStore } from '../../blobs/blob-store.js';
import { sweepStore } from '../../blobs/sweep.js';
import type { RowRunner } from '../../ensemble/predict/row-runner.js';
import { TuttiError } from '../../errors.js';
import { onSharedPool } from '../../pool/shared-pool.js';
import type { Isolation } from '../../processes/protocol.js';
import type { CheckpointPace } from '../../training/session/checkpoint-pace.js';
import type { MemberRunner } from '../../training/session/runner.js';
import type { Session } from '../../training/session/session.js';
import type { Secret } from '../messages/secret.js';
import type { TaskEvents, TaskSender } from '../queue/task-queue.js';
import { type ClusterEvent, ClusterEvents } from './cluster-events.js';
import { ClusterSession } from './cluster-session.js';
import { type BoardTimes, TaskBoard } from './task-board.js';

/** Hosts that train the members of trainings that name it as their runner. */
export interface Cluster extends MemberRunner, AsyncDisposable {
  /** The queue, without credentials. */
  readonly url: string;
  /** Where hosts get and leave what does not fit into tasks. */
  readonly store: string;
  /** Who predicts rows where the cluster is named for it: threads of this machine, where ensembles are. */
  readonly rowRunner: RowRunner;
  /** How many workers are connected. @throws ERR_QUEUE */
  workers(): Promise<number>;
  /** Lets the trainings under way end, accepts no others, then lets go of the queue and the store. */
  close(): Promise<void>;
  /** The same at once: unfinished jobs reject with ERR_CANCELLED. */
  destroy(): Promise<void>;
}

/** What a cluster is made of. */
export interface ClusterParts {
  readonly url: string;
  readonly secret: Secret;
  /** The store as it is reached from here. */
  readonly store: BlobStore;
  /** Where it is for hosts. */
  readonly address: string;
  readonly connect: (events: TaskEvents) => Promise<TaskSender>;
  readonly inFlight: number;
  readonly handOver: CheckpointPace | null;
  readonly verify: number;
  readonly isolate: Isolation;
  readonly tell?: ((event: ClusterEvent) => void) | undefined;
  readonly times?: Partial<BoardTimes>;
  /** Called when the cluster has ended; closes the store. */
  readonly end: () => Promise<void>;
}

/** @throws ERR_QUEUE when the queue cannot be reached. */
export async function openCluster(parts: ClusterParts): Promise<Cluster> {
  const events = new ClusterEvents(parts.tell);
  try {
    const board = await TaskBoard.open(
      parts.connect,
      {
        disconnected: (problem) => {
          const message = `The queue ${parts.url} is away: ${problem}; members in training go on, and it is tried again`;
          events.sayOnce({ kind: 'disconnected', message }, 'disconnected');
        },
        reconnected: () => {
          events.forget('disconnected');
          events.say({ kind: 'reconnected', message: `The queue ${parts.url} is there again` });
        },
      },
      parts.times,
    );
    return new QueueCluster(parts, board, events);
  } catch (error) {
    await parts.end();
    throw error;
  }
}

/** How long nobody may have a task before it is said that there is nobody. */
const LONELY_MS = 3000;

/** Inputs that no training has used for so long, and what killed coordinators left, are removed from a store that hosts share. */
const KEPT_MS = 30 * 24 * 3600 * 1000;

class QueueCluster implements Cluster {
  readonly threads: number;
  readonly callbacks = false;
  readonly isolate: Isolation;
  readonly url: string;
  readonly store: string;
  readonly #parts: ClusterParts;
  readonly #board: TaskBoard;
  readonly #events: ClusterEvents;
  readonly #sessions = new Set<ClusterSession>();
  #drained: (() => void)[] = [];
  #cleared: Promise<unknown>;
  readonly #sweeping = new AbortController();
  #closing = false;
  #ended: Promise<void> | null = null;

  constructor(parts: ClusterParts, board: TaskBoard, events: ClusterEvents) {
    this.threads = parts.inFlight;
    this.isolate = parts.isolate;
    this.url = parts.url;
    this.store = parts.address;
    this.#parts = parts;
    this.#board = board;
    this.#events = events;
    // Whatever stands in its way is said when the store is used.
    const { signal } = this.#sweeping;
    this.#cleared = sweepStore(parts.store, { olderThanMs: KEPT_MS, signal }).catch(() => null);
  }

  open(): Session {
    if (this.#closing) throw destroyed();
    const { secret, store, address, inFlight, handOver, verify } = this.#parts;
    const session: ClusterSession = new ClusterSession({
      ...{ board: this.#board, secret, store, address, inFlight, handOver, verify, events: this.#events },
      ended: (cleared) => {
        this.#sessions.delete(session);
        this.#cleared = Promise.all([this.#cleared, cleared]);
        if (this.#sessions.size === 0) for (const resume of this.#drained.splice(0)) resume();
      },
    });
    this.#sessions.add(session);
    setTimeout(() => void this.#lookForHosts(session), LONELY_MS).unref();
    return session;
  }

  get rowRunner(): RowRunner {
    return onSharedPool<{ readonly runner?: RowRunner }>({}).runner!;
  }

  workers(): Promise<number> {
    return this.#board.receivers();
  }

  async close(): Promise<void> {
    this.#closing = true;
    if (this.#sessions.size > 0) await new Promise<void>((resume) => this.#drained.push(resume));
    await this.destroy();
  }

  destroy(): Promise<void> {
    this.#closing = true;
    this.#ended ??= this.#end();
    return this.#ended;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #end(): Promise<void> {
    for (const session of this.#sessions) session.cancel(destroyed());
    await this.#board.close();
    this.#sweeping.abort();
    await this.#cleared;
    await this.#parts.end();
  }

  /** A training without hosts waits; whoever began it may not know. */
  async #lookForHosts(session: ClusterSession): Promise<void> {
    if (!this.#sessions.has(session) || session.hosts().length > 0) return;
    const count = await this.#board.receivers().catch(() => 1);
    if (count > 0) return;
    const message = `No worker is connected to ${this.url}: members wait until \`tutti worker --cluster ${this.url}\` runs somewhere`;
    this.#events.sayOnce({ kind: 'noHosts', message });
  }
}

function destroyed(): TuttiError {
  return new TuttiError('ERR_CANCELLED', 'The cluster has ended');
}

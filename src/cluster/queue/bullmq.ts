// Loads BullMQ, an optional peer, and makes what is used of it: the only module that imports bullmq. It knows the options
// of its classes, and nothing of tasks.

import type { IQueueBackend, Job, JobsOptions, Queue, QueueEvents, Worker } from 'bullmq';
import { settledWithin } from '../../long-calls.js';
import type { QueueAddress } from './queue-address.js';
import { KEPT_SECONDS, MOST_EVENTS, MOST_LOSSES, PREFIX } from './queue-options.js';
import { type ConnectionPurpose, missingPeer, type QueueServer } from './queue-server.js';

export type BullMQ = typeof import('bullmq');

/** What a task is as a job: `removed` where a sender took it out while a host had it. */
export interface TaskData {
  readonly body: string;
  readonly removed?: true;
}

export type TaskJob = Job<TaskData, string, string>;
export type TaskQueue = Queue<TaskData, string, string>;
export type TaskWorker = Worker<TaskData, string, string>;
export type { IQueueBackend, QueueEvents };

/** Listens to events of one's own, whose values are texts. */
export function onOwnEvent(
  events: QueueEvents,
  name: string,
  listener: (said: Readonly<Record<string, string>>) => void,
): void {
  // Its types know the events of jobs alone.
  (events as unknown as { on(name: string, listener: (said: Record<string, string>) => void): void }).on(
    name,
    listener,
  );
}

/** What was reported of a job; one that nobody has reported anything of has the progress 0. */
export function readProgress(progress: unknown): string | null {
  return typeof progress === 'string' ? progress : null;
}

/** What is answered of a job by a number below zero: it is not there, not in that state, or in other hands. */
export function isAnswer(error: unknown): boolean {
  return error instanceof Error && typeof (error as { code?: unknown }).code === 'number';
}

/** @throws ERR_ENGINE_MISSING */
export async function loadBullmq(address: QueueAddress): Promise<BullMQ> {
  try {
    const loaded = (await import('bullmq')) as BullMQ & { readonly default?: BullMQ };
    return loaded.default ?? loaded;
  } catch (error) {
    throw missingPeer(address, error);
  }
}

/** Of every task: how often it is tried, and how long it is kept when it has ended. */
export const JOB_OPTIONS = {
  // What is tried again, and why, is the coordinator's to say.
  attempts: 1,
  removeOnComplete: { age: KEPT_SECONDS },
  removeOnFail: { age: KEPT_SECONDS },
  // The reason is all that a coordinator reads, and a stack tells how a host's folders are called.
  stackTraceLimit: 0,
} satisfies JobsOptions;

/** Something of BullMQ's with connections of its own. */
export interface Part {
  on(event: 'error', listener: (error: Error) => void): unknown;
  waitUntilReady(): Promise<unknown>;
  close(): Promise<void>;
  disconnect(): Promise<void>;
}

/** How long parts may take to close in order, in milliseconds. */
const CLOSING_MS = 1000;

/** Closes parts, in order where the server answers, and otherwise by breaking their connections. */
export async function closeParts(...parts: readonly Part[]): Promise<void> {
  if (await settledWithin(CLOSING_MS, Promise.allSettled(parts.map((part) => part.close())))) return;
  await settledWithin(CLOSING_MS, Promise.allSettled(parts.map((part) => part.disconnect())));
}

/** Makes BullMQ's classes for one server. */
export function onServer(bullmq: BullMQ, server: QueueServer) {
  const isRedis = server.address.kind === 'redis';
  // biome-ignore lint/suspicious/noExplicitAny: each backend has connection options of its own, which `server` knows.
  const factory: any = isRedis ? bullmq.createRedisBackend : bullmq.createPostgresBackend;
  // Versions are checked where the server is reached; BullMQ would write to the console.
  const options = (purpose: ConnectionPurpose) => ({
    connection: server.connection(purpose),
    prefix: PREFIX,
    skipVersionCheck: true,
  });
  return {
    queue(name: string): TaskQueue {
      const streams = { events: { maxLen: MOST_EVENTS } };
      return new bullmq.Queue(name, { ...options('tasks'), streams }, factory);
    },
    /** It takes jobs when it is asked to, and does nothing by itself. */
    worker(name: string, host: string | undefined, lockMs: number, sweepMs: number): TaskWorker {
      const own = {
        autorun: false,
        lockDuration: lockMs,
        stalledInterval: sweepMs,
        maxStalledCount: MOST_LOSSES,
      };
      const called = host === undefined ? {} : { name: host };
      return new bullmq.Worker<TaskData, string, string>(
        name,
        null,
        { ...options('tasks'), ...own, ...called },
        factory,
      );
    },
    events(name: string): QueueEvents {
      return new bullmq.QueueEvents(
        name,
        { ...options('events'), blockingTimeout: server.eventWaitMs },
        factory,
      );
    },
  };
}

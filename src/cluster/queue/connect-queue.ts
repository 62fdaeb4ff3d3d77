// Connects either end of a queue to the server of an address.

import { setTimeout as wait } from 'node:timers/promises';
import {
  closeParts,
  type IQueueBackend,
  loadBullmq,
  onOwnEvent,
  onServer,
  type Part,
  type QueueEvents,
} from './bullmq.js';
import { type Connection, watchConnection } from './connection.js';
import { readQueueAddress } from './queue-address.js';
import {
  CONTROL,
  MOST_LOSSES,
  type QueueOptions,
  REACH_MS,
  readQueueOptions,
  TASKS,
} from './queue-options.js';
import { type QueueServer, queueError, reasonOf } from './queue-server.js';
import { makeReceiver } from './receiver.js';
import { makeSender } from './sender.js';
import type { ReceiverEvents, TaskEvents, TaskReceiver, TaskSender } from './task-queue.js';

/** Tasks whose hosts may be lost are looked for so often within the length of a lock. */
const SWEEPS = 4;

/**
 * The end of a queue that asks.
 * @param url `redis://`, `rediss://` (also Valkey) or `postgres://`.
 * @throws ERR_OPTION, ERR_FILE, ERR_ENGINE_MISSING; ERR_QUEUE when it cannot be reached within seconds.
 */
export async function connectSender(
  url: string,
  options: QueueOptions,
  events: Partial<TaskEvents>,
): Promise<TaskSender> {
  const { server, make } = await reach(url, options);
  const queue = make.queue(TASKS);
  const stream = make.events(TASKS);
  const connection = await watchConnection(server, events);
  return orClose(server, connection, [stream, queue], options.signal, async () => {
    const backend: IQueueBackend = queue.getBackend();
    const sender = makeSender(
      { queue, events: stream, control: backend.forQueue(CONTROL), connection },
      events,
    );
    await hear(stream, backend);
    return sender;
  });
}

/**
 * The end of a queue that does.
 * @throws as {@link connectSender}
 */
export async function connectReceiver(
  url: string,
  options: QueueOptions,
  events: Partial<ReceiverEvents>,
): Promise<TaskReceiver> {
  const { server, make, lockMs } = await reach(url, options);
  const sweepMs = lockMs / SWEEPS;
  const worker = make.worker(TASKS, options.name, lockMs, sweepMs);
  const control = make.events(CONTROL);
  const connection = await watchConnection(server, events);
  return orClose(server, connection, [control, worker], options.signal, async () => {
    const backend: IQueueBackend = worker.getBackend();
    const sweep = async () => {
      if (server.sweep === null) await backend.moveStalledJobsToWait();
      else await server.sweep(MOST_LOSSES, sweepMs);
    };
    const hostClock = server.sweep !== null;
    const receiver = makeReceiver({ worker, control, connection, lockMs, hostClock, sweep, sweepMs }, events);
    await hear(control, backend.forQueue(CONTROL));
    return receiver;
  });
}

async function reach(url: string, options: QueueOptions) {
  const address = readQueueAddress(url);
  const { authorities, lockMs } = readQueueOptions(address, options);
  options.signal?.throwIfAborted();
  const bullmq = await loadBullmq(address);
  const reaching = { address, authorities, warn: options.onWarning ?? (() => {}) };
  const server =
    address.kind === 'redis'
      ? await (await import('./redis.js')).reachRedis(reaching)
      : await (await import('./postgres.js')).reachPostgres(reaching, bullmq);
  return { server, lockMs, make: onServer(bullmq, server) };
}

/** Waits until the parts are connected and an end is made of them; closes them where that fails, or takes too long. */
async function orClose<End>(
  { address }: QueueServer,
  connection: Connection,
  parts: readonly Part[],
  signal: AbortSignal | undefined,
  make: () => Promise<End>,
): Promise<End> {
  let problem: unknown = null;
  // Without a listener an error would end the process.
  for (const part of parts) {
    part.on('error', (error) => {
      problem ??= error;
      connection.suspect(error);
    });
  }
  const late = new AbortController();
  const tooLate = wait(REACH_MS, undefined, { signal: late.signal }).then(() => {
    throw problem ?? new Error(`no answer within ${REACH_MS / 1000} s`);
  });
  tooLate.catch(() => {});
  try {
    const ready = Promise.all(parts.map((part) => part.waitUntilReady())).then(make);
    return await Promise.race([ready, tooLate]);
  } catch (error) {
    await Promise.all([closeParts(...parts), connection.close()]);
    throw queueError(address, `cannot be used: ${reasonOf(error)}`);
  } finally {
    late.abort();
    signal?.throwIfAborted();
  }
}

/** Begins to hear events: until a first one is heard, the place in their stream is not known, and some would be missed. */
async function hear(events: QueueEvents, backend: IQueueBackend): Promise<void> {
  const word = `${process.pid}-${process.hrtime.bigint()}`;
  let isHeard = false;
  onOwnEvent(events, 'hello', (said) => {
    isHeard ||= said.word === word;
  });
  while (!isHeard) {
    await backend.publishEvent({ event: 'hello', word }, 1000);
    for (let turn = 0; turn < 20 && !isHeard; turn += 1) await wait(10);
  }
}

// The end of a queue that does. BullMQ's worker would take jobs and end them by itself, and fail one for good where the
// server is restarted as it ends; so its parts are called here, as its documentation calls fetching by hand: a job is taken,
// its lock renewed, and its end told until it is answered or the lock is known to be lost.

import { setTimeout as wait } from 'node:timers/promises';
import { settledWithin } from '../../long-calls.js';
import {
  closeParts,
  type IQueueBackend,
  isAnswer,
  onOwnEvent,
  type QueueEvents,
  readProgress,
  type TaskData,
  type TaskJob,
  type TaskWorker,
} from './bullmq.js';
import type { Connection } from './connection.js';
import { TOLD, WAIT_SECONDS } from './queue-options.js';
import type { Delivery, Handled, ReceiverEvents, TaskReceiver } from './task-queue.js';

/** Locks are renewed so often within their length. */
const RENEWALS = 3;
/** Pause after what failed, and after a task that was given back here shortly before, so that others take it; in milliseconds. */
const PAUSE_MS = 250;
/** Longest time that what is given up is given back in, in milliseconds. */
const GIVING_BACK_MS = 2000;

export interface ReceiverParts {
  readonly worker: TaskWorker;
  /** What senders tell. */
  readonly control: QueueEvents;
  readonly connection: Connection;
  readonly lockMs: number;
  /** Whether locks end by this host's clock, so that they must be longer by what it is behind. */
  readonly hostClock: boolean;
  /** Gives tasks of lost hosts back to the queue, now and then. */
  sweep(): Promise<void>;
  readonly sweepMs: number;
}

/** A task in this receiver's hands. */
interface Hold {
  readonly job: TaskJob;
  readonly token: string;
  readonly controller: AbortController;
  /** Its end is being told: then a lock that is gone is no loss. */
  isEnding: boolean;
}

export function makeReceiver(parts: ReceiverParts, events: Partial<ReceiverEvents>): TaskReceiver {
  const { worker, control, connection, lockMs } = parts;
  const backend: IQueueBackend = worker.getBackend();
  const holds = new Map<string, Hold>();
  /** What was given back, and when it may come again, by a clock that nobody sets. */
  const returned = new Map<string, number>();
  let handle: ((delivery: Delivery) => Promise<Handled>) | null = null;
  let concurrency = 0;
  /** Hands that take nothing for a while. */
  let resting = 0;
  let isStopping = false;
  let wakeLoop = () => {};
  let loop: Promise<void> = Promise.resolve();
  const ending = new AbortController();

  onOwnEvent(control, 'told', ({ message }) => events.told?.(message!));
  onOwnEvent(control, 'removed', ({ ids }) => {
    for (const id of ids!.split(' ')) void dropRemoved(id);
  });

  /** What a lock's length is called to the server, so that it ends by the server's clock. */
  function lockLength(): number {
    return Math.round(lockMs + (parts.hostClock ? connection.aheadMs : 0));
  }

  // -- taking

  async function takeTasks(): Promise<void> {
    for (let count = 0; !isStopping; count += 1) {
      if (holds.size + resting >= concurrency) {
        await new Promise<void>((resolve) => (wakeLoop = resolve));
        continue;
      }
      const token = `${worker.id}:${count}`;
      try {
        worker.opts.lockDuration = lockLength();
        const job: TaskJob | undefined = await worker.getNextJob(token, { block: false });
        if (job === undefined) await waitForWork();
        else if (take(job, token) === 'too early') await pause();
      } catch (error) {
        connection.suspect(error);
        await pause();
      }
    }
  }

  /** Until there seems to be something, or it is time to look: signs can be missed. */
  async function waitForWork(): Promise<void> {
    try {
      await backend.waitForJob(WAIT_SECONDS);
    } catch (error) {
      if (isStopping) return;
      connection.suspect(error);
      await pause();
      await backend.reconnectBlocking().catch(() => {});
    }
  }

  function take(job: TaskJob, token: string): 'taken' | 'too early' {
    const hold: Hold = { job, token, controller: new AbortController(), isEnding: false };
    // This host was taken for lost, and has it once more before it heard of that.
    const before = holds.get(job.id!);
    if (before !== undefined) lose(before);
    holds.set(job.id!, hold);
    const isEarly = performance.now() < (returned.get(job.id!) ?? 0);
    void (isEarly ? finish(hold, () => giveBack(hold, 'last')) : serve(hold));
    return isEarly ? 'too early' : 'taken';
  }

  async function serve(hold: Hold): Promise<void> {
    const { job, controller } = hold;
    const { id, deferredFailure } = job;
    // Whoever can write to the queue can have put anything there.
    const data = job.data as Partial<TaskData> | null;
    if (isStopping) await finish(hold, () => giveBack(hold, 'first'));
    else if (typeof data?.body !== 'string' || data.removed === true) await finish(hold, () => takeOut(hold));
    else if (deferredFailure) {
      await finish(hold, () => job.moveToFailed(new Error(deferredFailure), hold.token, false));
    } else {
      const report = (progress: string) => reportProgress(hold, progress);
      const progress = readProgress(job.progress);
      const handled = await handle!({
        id: id!,
        body: data.body,
        progress,
        signal: controller.signal,
        report,
      });
      if (handled.as === 'returned') rest(handled.restMs);
      await finish(hold, () => end(hold, handled));
    }
  }

  function rest(restMs = 0): void {
    if (restMs === 0) return;
    resting += 1;
    setTimeout(() => {
      resting -= 1;
      wakeLoop();
    }, restMs).unref();
  }

  // -- ending

  function end(hold: Hold, handled: Handled): Promise<unknown> {
    const { job, token } = hold;
    if (handled.as === 'done') return job.moveToCompleted(handled.result, token, false);
    if (handled.as === 'failed') return job.moveToFailed(new Error(TOLD + handled.reason), token, false);
    returned.set(job.id!, performance.now() + handled.delayMs);
    return giveBack(hold, 'last');
  }

  // Not with BullMQ's delays, which end by the clock of whoever looks.
  function giveBack({ job, token }: Hold, place: 'first' | 'last'): Promise<void> {
    return backend.retryJob(job.id!, place === 'first', token);
  }

  function takeOut({ job, token }: Hold): Promise<unknown> {
    return backend.moveToCompleted(job, '', true, token, false);
  }

  /** Tells how it ended until that is answered, or the task is in this host's hands no more. */
  async function finish(hold: Hold, call: () => Promise<unknown>): Promise<void> {
    const isOver = (error: unknown) => isAnswer(error) || !isHeld(hold);
    hold.isEnding = true;
    // Whatever the answer is, the task is this host's no more; and a connection that is closed needs no answer.
    if (isHeld(hold)) await connection.answer(call, isOver).catch(() => {});
    letGo(hold);
  }

  function isHeld(hold: Hold): boolean {
    return holds.get(hold.job.id!) === hold;
  }

  function letGo(hold: Hold): void {
    if (isHeld(hold)) holds.delete(hold.job.id!);
    wakeLoop();
  }

  /** Another host has it now, or will: what is done of it here is for nothing. */
  function lose(hold: Hold): void {
    letGo(hold);
    hold.controller.abort();
  }

  // -- meanwhile

  async function reportProgress(hold: Hold, progress: string): Promise<void> {
    const isOver = (error: unknown) => isAnswer(error) || !isHeld(hold);
    if (isHeld(hold))
      await connection.answer(() => hold.job.updateProgress(progress), isOver).catch(() => {});
  }

  /** Renews all locks, and finds those that are lost and those that a sender has taken out without being heard. */
  async function renew(): Promise<void> {
    for (const [id, until] of returned) if (until < performance.now()) returned.delete(id);
    const those = [...holds.values()];
    if (those.length === 0) return;
    const ids = those.map(({ job }) => job.id!);
    const lost = await worker.extendJobLocks(
      ids,
      those.map(({ token }) => token),
      lockLength(),
    );
    for (const hold of those) if (lost.includes(hold.job.id!) && isHeld(hold) && !hold.isEnding) lose(hold);
    for (const id of ids) await dropRemoved(id);
  }

  async function dropRemoved(id: string): Promise<void> {
    const hold = holds.get(id);
    if (hold === undefined || hold.isEnding) return;
    try {
      const data = await backend.getJobData(id);
      const isRemoved = data === undefined || JSON.parse(data.data).removed === true;
      if (!isRemoved || !isHeld(hold) || hold.isEnding) return;
      lose(hold);
      await takeOut(hold);
    } catch (error) {
      if (!isAnswer(error)) connection.suspect(error);
    }
  }

  async function repeat(everyMs: number, call: () => Promise<void>): Promise<void> {
    while (!ending.signal.aborted) {
      await call().catch((error) => connection.suspect(error));
      await pause(everyMs);
    }
  }

  async function pause(milliseconds = PAUSE_MS): Promise<void> {
    await wait(milliseconds, undefined, { signal: ending.signal }).catch(() => {});
  }

  // -- the end

  async function stopTaking(): Promise<void> {
    if (isStopping) return;
    isStopping = true;
    wakeLoop();
    await backend.disconnectBlocking(false).catch(() => {});
    await settledWithin(GIVING_BACK_MS, loop);
  }

  async function close(): Promise<void> {
    const stopped = stopTaking();
    const given = [...holds.values()];
    for (const hold of given) lose(hold);
    const giving = Promise.allSettled(given.map((hold) => giveBack(hold, 'first')));
    await settledWithin(GIVING_BACK_MS, Promise.all([stopped, giving]));
    ending.abort();
    await connection.close();
    await closeParts(control, worker);
  }

  return {
    start(most, doTask) {
      concurrency = most;
      handle = doTask;
      loop = takeTasks();
      void repeat(lockMs / RENEWALS, renew);
      void repeat(parts.sweepMs, parts.sweep);
    },
    async drain() {
      await stopTaking();
      while (holds.size > 0) await new Promise<void>((resolve) => (wakeLoop = resolve));
    },
    close,
  };
}

// The end of a queue that asks: tasks are jobs of BullMQ, what becomes of them its events, and what is told all receivers an
// event of a queue that has no jobs.

import {
  closeParts,
  type IQueueBackend,
  isAnswer,
  JOB_OPTIONS,
  type QueueEvents,
  readProgress,
  type TaskJob,
  type TaskQueue,
} from './bullmq.js';
import type { Connection } from './connection.js';
import { LOST_REASON, TOLD } from './queue-options.js';
import type { QueuedTask, TaskEvents, TaskSender, TaskState } from './task-queue.js';

/** How many tasks are added, or asked about, at once. */
const BATCH = 100;
/** Ids told at once, so that a message stays small. */
const REMOVED_AT_ONCE = 20;

export interface SenderParts {
  readonly queue: TaskQueue;
  readonly events: QueueEvents;
  /** Where receivers are told something. */
  readonly control: IQueueBackend;
  readonly connection: Connection;
}

export function makeSender(
  { queue, events, control, connection }: SenderParts,
  listener: Partial<TaskEvents>,
): TaskSender {
  /** Tasks that this sender has to do with: events of other trainings come too. */
  const own = new Set<string>();
  const backend: IQueueBackend = queue.getBackend();
  const { answer } = connection;
  follow(events, own, listener);

  async function addBatch(tasks: readonly QueuedTask[], first: boolean): Promise<void> {
    const jobs = tasks.map(({ id, training, body }) => ({
      name: training,
      data: { body },
      opts: { ...JOB_OPTIONS, jobId: id, lifo: first },
    }));
    await answer(() => queue.addBulk(jobs));
  }

  /** What is there of a task; `spoilt` where it is none: whoever can write to the queue can have put anything there. */
  async function jobOf(id: string): Promise<TaskJob | 'spoilt' | undefined> {
    try {
      const job: TaskJob | undefined = await queue.getJob(id);
      return job === undefined || typeof job.data?.body === 'string' ? job : 'spoilt';
    } catch (error) {
      if (error instanceof SyntaxError) return 'spoilt';
      throw error;
    }
  }

  async function stateOf(id: string): Promise<TaskState> {
    const job = await jobOf(id);
    if (job === undefined) return { status: 'unknown' };
    if (job === 'spoilt') {
      await backend.remove(id, false);
      return { status: 'unknown' };
    }
    if (job.data.removed === true) {
      // Whoever had it has ended meanwhile: now it can be removed.
      if (isFinished(job)) await backend.remove(id, false);
      return { status: 'unknown' };
    }
    if (isFinished(job)) {
      return job.failedReason
        ? { status: 'failed', ...readReason(job.failedReason) }
        : { status: 'done', result: job.returnvalue };
    }
    const { body } = job.data;
    const state = await queue.getJobState(id);
    if (state === 'active') return { status: 'taken', body, progress: readProgress(job.progress) };
    // It may have ended between the two questions.
    if (state === 'completed' || state === 'failed') return stateOf(id);
    return state === 'unknown' ? { status: 'unknown' } : { status: 'waiting', body };
  }

  /** @returns whether a host has it, which then must be told. */
  async function removeOne(id: string): Promise<boolean> {
    if ((await backend.remove(id, false)) !== 0) return false;
    const job = await jobOf(id);
    if (job === undefined || job === 'spoilt') return false;
    await job.updateData({ ...job.data, removed: true });
    // It may have ended meanwhile.
    return (await backend.remove(id, false)) === 0;
  }

  return {
    async add(tasks, first = false) {
      for (const { id } of tasks) own.add(id);
      const ordered = first ? [...tasks].reverse() : tasks;
      for (const batch of inBatches(ordered, BATCH)) await addBatch(batch, first);
    },
    async update({ id, body }) {
      own.add(id);
      await answer(async () => {
        const job = await jobOf(id);
        if (job === undefined || job === 'spoilt' || job.data.removed === true) return;
        await job.updateData({ body });
      }, isAnswer).catch(unlessAnswer);
    },
    async states(ids) {
      for (const id of ids) own.add(id);
      const states: TaskState[] = [];
      for (const batch of inBatches(ids, BATCH)) {
        states.push(...(await answer(() => Promise.all(batch.map(stateOf)))));
      }
      return states;
    },
    async remove(ids) {
      for (const id of ids) own.delete(id);
      for (const batch of inBatches(ids, REMOVED_AT_ONCE)) {
        const taken = await answer(() =>
          Promise.all(batch.map(async (id) => ((await removeOne(id)) ? [id] : []))),
        );
        const told = taken.flat();
        if (told.length > 0)
          await answer(() => control.publishEvent({ event: 'removed', ids: told.join(' ') }, 1000));
      }
    },
    async tell(message) {
      await answer(() => control.publishEvent({ event: 'told', message }, 1000));
    },
    async receivers() {
      return answer(() => queue.getWorkersCount());
    },
    async close() {
      await connection.close();
      await closeParts(events, queue);
    },
  };
}

/** Tells a listener what happens to the tasks that are its own. */
function follow(events: QueueEvents, own: ReadonlySet<string>, listener: Partial<TaskEvents>): void {
  events.on('active', ({ jobId }) => {
    if (own.has(jobId)) listener.taken?.(jobId);
  });
  events.on('progress', ({ jobId, data }) => {
    const progress = readProgress(data);
    if (own.has(jobId) && progress !== null) listener.progress?.(jobId, progress);
  });
  events.on('completed', ({ jobId, returnvalue }) => {
    if (own.has(jobId)) listener.done?.(jobId, String(returnvalue));
  });
  events.on('failed', ({ jobId, failedReason }) => {
    const { reason, lost } = readReason(failedReason);
    if (own.has(jobId)) listener.failed?.(jobId, reason, lost);
  });
}

/** A host's own words, or BullMQ's of a task that it delivers no more. */
function readReason(text: string): { reason: string; lost: boolean } {
  return { lost: text === LOST_REASON, reason: text.startsWith(TOLD) ? text.slice(TOLD.length) : text };
}

function isFinished({ finishedOn }: TaskJob): boolean {
  return Boolean(finishedOn);
}

/** A task that is gone meanwhile needs nothing more. */
function unlessAnswer(error: unknown): void {
  if (!isAnswer(error)) throw error;
}

function* inBatches<T>(items: readonly T[], length: number): Generator<readonly T[]> {
  for (let begin = 0; begin < items.length; begin += length) yield items.slice(begin, begin + length);
}

// A runner whose jobs go through a queue to whatever workers take them, and no policy at all: what a coordinator
// says to hosts, without what it makes of them.

import type { BlobStore } from '../../src/blobs/blob-store.js';
import { getBytes, putBytes } from '../../src/blobs/pieces.js';
import { planBytes } from '../../src/bundle/plan-bytes.js';
import { unpackAnswer } from '../../src/cluster/messages/answer.js';
import { describeJob } from '../../src/cluster/messages/jobs.js';
import { sealTask } from '../../src/cluster/messages/queued-task.js';
import {
  failureOf,
  openProgress,
  openResult,
  sealControl,
  type TaskProgress,
  type TaskResult,
} from '../../src/cluster/messages/reports.js';
import type { Secret } from '../../src/cluster/messages/secret.js';
import { trainingBytes } from '../../src/cluster/messages/shared-training.js';
import type { Postage, SharedTraining, Task } from '../../src/cluster/messages/task.js';
import type { TaskEvents, TaskSender } from '../../src/cluster/queue/task-queue.js';
import { datasetBytes } from '../../src/data/dataset-bytes.js';
import { fromWire } from '../../src/errors.js';
import type { Job } from '../../src/training/session/job.js';
import type { MemberRunner } from '../../src/training/session/runner.js';
import type { PlannedTraining, Session } from '../../src/training/session/session.js';
import { VERSION } from '../../src/version.js';

export interface QueueRunnerOptions {
  readonly queue: { sender(events: Partial<TaskEvents>): TaskSender | Promise<TaskSender> };
  readonly store: BlobStore;
  readonly secret: Secret;
  /** Jobs that may be under way at once. @default 2 */
  readonly slots?: number;
  readonly handOvers?: Task['handOvers'];
  readonly notHosts?: readonly string[];
  /** What the training says of itself in place of what is so. */
  readonly claims?: Partial<SharedTraining>;
}

export interface QueueRunner extends MemberRunner {
  /** Ids of tasks in the order in which they were sent. */
  readonly ids: string[];
  readonly tasks: Task[];
  readonly results: TaskResult[];
  readonly progress: TaskProgress[];
  /** Resolves when the first task is sent, or begins to be: all that the training has in common is stored. */
  readonly sent: Promise<void>;
  /** Resolves at the next progress for which it holds. */
  until(holds: (progress: TaskProgress) => boolean): Promise<TaskProgress>;
  /** Tells all hosts of the training that was prepared last. */
  tell(call: 'stop' | 'pause', task?: string): Promise<void>;
  close(): Promise<void>;
}

export function queueRunner(options: QueueRunnerOptions): QueueRunner {
  const { queue, store, secret, slots = 2, handOvers = null, notHosts = [], claims = {} } = options;
  const done = new Map<string, { resolve(result: string): void; reject(error: unknown): void }>();
  const watching = new Set<(progress: TaskProgress) => void>();
  const [ids, tasks, results, progress] = [[], [], [], []] as [
    string[],
    Task[],
    TaskResult[],
    TaskProgress[],
  ];
  const connecting = queue.sender({
    done: (id, result) => done.get(id)?.resolve(result),
    failed: (id, reason) => done.get(id)?.reject(failureOf(reason)),
    progress: async (id, text) => {
      // A host with another secret says so in vain.
      const opened = await openProgress(secret, id, text).catch(() => null);
      if (opened === null) return;
      progress.push(opened);
      for (const watch of watching) watch(opened);
    },
  });
  const sender = Promise.resolve(connecting);
  const put = (bytes: Uint8Array) => putBytes(store, bytes);
  let digest = '';
  let isSent = () => {};
  const sent = new Promise<void>((resolve) => {
    isSent = resolve;
  });

  const open = (): Session => {
    let training: PlannedTraining | null = null;
    const run = async (job: Job, signal: AbortSignal) => {
      const postage: Postage = { store: store.address, notHosts };
      const task = await describeJob(job, { training: digest, handOvers }, put);
      const queued = sealTask(secret, task, postage);
      ids.push(queued.id);
      tasks.push(task);
      const ended = new Promise<string>((resolve, reject) => done.set(queued.id, { resolve, reject }));
      signal.addEventListener('abort', () => done.get(queued.id)?.reject(signal.reason));
      await (await sender).add([queued]);
      const result = await openResult(secret, queued.id, await ended);
      results.push(result);
      const answer = await unpackAnswer(await getBytes(store, result.outcomes), job, training!, result.host);
      if ('error' in answer) throw fromWire(answer.error);
      return answer.outcomes;
    };
    return {
      async prepare(planned) {
        training = planned;
        const shared: SharedTraining = {
          version: VERSION,
          plan: await put(planBytes(planned.plan)),
          dataset: await put(datasetBytes(planned.dataset)),
          datasetHash: planned.dataset.hash,
          modules: [],
          reseeds: planned.reseeds ?? 0,
          ...claims,
        };
        digest = await put(trainingBytes(shared));
        isSent();
        return { slots, fewerThreads: null };
      },
      run: (job, _hooks, signal) => run(job, signal),
      stop: () => undefined,
      pause: () => undefined,
      want: () => undefined,
      isTaken: () => true,
      progress: () => [],
      hosts: () => null,
      executors: () => [],
      settled: async () => null,
      close: () => undefined,
    };
  };
  return {
    ...{ threads: slots, open, ids, tasks, results, progress, sent },
    until: (holds) =>
      new Promise((resolve) => {
        const watch = (own: TaskProgress) => {
          if (!holds(own)) return;
          watching.delete(watch);
          resolve(own);
        };
        watching.add(watch);
      }),
    tell: async (call, task) =>
      (await sender).tell(sealControl(secret, { call, training: digest, task: task ?? null })),
    close: async () => (await sender).close(),
  };
}

// What a pool thread runs: bind an executor to the training's memory, run the job, answer with its outcomes or its
// error; or predict rows. It decides nothing.

import { setImmediate } from 'node:timers';
import { BroadcastChannel, parentPort, workerData } from 'node:worker_threads';
import {
  type Intrinsics,
  lastingChange,
  rememberIntrinsics,
  restoreIntrinsics,
} from '../src/engines/user-modules/intrinsics.js';
import type { ThreadRows } from '../src/ensemble/predict/thread-rows.js';
import { toWire } from '../src/errors.js';
import { collectSoon, countShared } from '../src/memory/uncounted-bytes.js';
import type {
  HandOverMessage,
  MemberTask,
  RowResult,
  RowTask,
  TaskResult,
  ThreadData,
  ThreadTask,
} from '../src/pool/messages.js';
import { giveBack, take } from '../src/pool/ticket.js';
import { loadOnce } from '../src/threads/loaders.js';
import { importsModule, sharedBuffersOf } from '../src/training/session/job.js';
import { createBoundExecutors } from '../src/training/thread/bound-executors.js';
import { runJob } from '../src/training/thread/run-job.js';

// Standard output is the program's, for its results; what a learner says, it says on standard error.
process.stdout.write = process.stderr.write.bind(process.stderr);

const executors = createBoundExecutors();
/** Loaded when there are rows to predict. */
let rows: ThreadRows | null = null;

const { releases: channel, loaders } = workerData as ThreadData;
const releases = new BroadcastChannel(channel);
releases.onmessage = (event) => {
  const names = (event as { data: readonly string[] }).data;
  if (executors.drop(names) || rows?.drop(names) === true) collectSoon();
};
releases.unref();

/** What JavaScript provided before a module of a user's was here; null as long as none was. */
let before: Intrinsics | null = null;

export default async function runTask(task: ThreadTask): Promise<TaskResult | RowResult> {
  // A timer of a module's may have changed something after its answer: the task is for the thread that comes next.
  if (endIfChanged()) return new Promise(() => {});
  // This thread was busy for so long that another has it.
  if (!take(task.ticket)) return new Promise(() => {});
  const answer = await ('job' in task ? runMember(task) : predictRows(task));
  if (endIfChanged()) {
    giveBack(task.ticket);
    return new Promise(() => {});
  }
  return answer;
}

async function predictRows({ name, sent, asked }: RowTask): Promise<RowResult> {
  try {
    rows ??= (await import('../src/ensemble/predict/thread-rows.js')).createThreadRows();
    return { answers: await rows.predict(name, sent, asked) };
  } catch (error) {
    return { error: toWire(error) };
  }
}

async function runMember({ job, hooks, handOver }: MemberTask): Promise<TaskResult> {
  for (const buffer of sharedBuffersOf(job)) countShared(buffer);
  try {
    if (importsModule(job)) {
      await loadOnce(loaders);
      before ??= rememberIntrinsics();
    }
    const onEpochEnd =
      hooks === null ? undefined : (await import('../src/pool/hook-channel.js')).askHooks(hooks);
    const onHandOver =
      handOver === null
        ? undefined
        : (members: HandOverMessage['members']) => {
            if (!endIfChanged()) say({ handOver, members });
          };
    return { outcomes: await runJob(job, executors.of(job.training), { onEpochEnd, onHandOver }) };
  } catch (error) {
    const change = lastingChange();
    if (change !== null) return endThread(`a module changed ${change} for good`);
    return { error: toWire(error) };
  } finally {
    hooks?.close();
  }
}

/** Says something beside the answer. */
function say(message: HandOverMessage): void {
  parentPort!.postMessage(message);
}

let changed = false;

/** Whether something of JavaScript's has not been as it was; then this thread ends before anything is made of its answers. */
function endIfChanged(): boolean {
  const change = changed || before === null ? null : restoreIntrinsics(before);
  if (change !== null) {
    changed = true;
    void endThread(`a module changed ${change.name} behind its answers`);
  }
  return changed;
}

const exit: unknown = Reflect.get(process, 'reallyExit');

/** Ends this thread: whatever it would compute from now on may be wrong. The pool has another in its place. */
function endThread(why: string): Promise<never> {
  setImmediate(() => {
    // Where a module listens for errors, and has put something else in the place of its exit.
    setImmediate(() => {
      if (typeof exit === 'function') exit.call(process, 1);
    });
    throw new Error(why);
  });
  return new Promise(() => {});
}

// What a process of a pool does: it has a memory of its own for each training that it has part in, with the layout that
// the pool's has, and runs one job after the other as a thread would. It decides nothing.

import {
  type Intrinsics,
  lastingChange,
  rememberIntrinsics,
  restoreIntrinsics,
} from '../engines/user-modules/intrinsics.js';
import { toWire } from '../errors.js';
import { executorOf } from '../kernels/bound-executor.js';
import { executorCode } from '../kernels/executor-choice.js';
import { giveBackMemory, lendMemory } from '../memory/memory-cache.js';
import { allocateShared } from '../memory/uncounted-bytes.js';
import type { Parent } from '../processes/parent.js';
import type { TrainingShare } from '../training/local/local-job.js';
import type { EpochDecision, EpochHook, HandOverHook, JobHooks } from '../training/session/job.js';
import { runJob } from '../training/thread/run-job.js';
import type { TaskResult } from './messages.js';
import type { FromProcess, SentJob, SentTraining, ToProcess } from './process-messages.js';

export function serveJobs(parent: Parent): void {
  const trainings = new Map<number, TrainingShare>();
  let decide: (decision: EpochDecision | undefined) => void = () => {};
  const ask: EpochHook = (event) => {
    parent.say({ kind: 'epoch', event } satisfies FromProcess);
    return new Promise((resolve) => {
      decide = resolve;
    });
  };
  const handOver: HandOverHook = ([member]) =>
    parent.send({ kind: 'handOver', member: member! } satisfies FromProcess);
  const hear = async (message: ToProcess): Promise<void> => {
    switch (message.kind) {
      case 'training':
        trainings.set(message.training, prepare(message.share));
        return;
      case 'bytes':
        new Uint8Array(trainings.get(message.training)!.memory.buffer).set(message.bytes, message.at);
        return;
      case 'decision':
        decide(message.decision);
        return;
      case 'drop':
        giveBackMemory(trainings.get(message.training)!.memory);
        trainings.delete(message.training);
        return;
      case 'job':
        await serveJob(parent, message, trainings.get(message.training)!, {
          onEpochEnd: message.hook ? ask : undefined,
          onHandOver: message.handOvers ? handOver : undefined,
        });
        return;
      default:
        message satisfies never;
    }
  };
  parent.listen((message) => void hear(message as ToProcess));
}

function prepare(share: SentTraining): TrainingShare {
  const { memory, name } = lendMemory(share.layout.totalBytes, 'Training in a process');
  return { ...share, memory, memoryName: name, executor: executorCode(share.arithmetic) };
}

/** What JavaScript provided before a module of a user's was here. */
let before: Intrinsics | null = null;

async function serveJob(
  parent: Parent,
  { id, job: { stateLength, ...sent } }: { readonly id: number; readonly job: SentJob },
  training: TrainingShare,
  hooks: JobHooks,
): Promise<void> {
  const { executor, memory, layout } = training;
  const state = stateLength === null ? null : new Float32Array(allocateShared(4 * stateLength));
  parent.follow({ job: id, buffer: memory.buffer, slots: layout.slots, slot: sent.slot });
  // At once: what it runs now may block this thread, or stop the process.
  parent.say({ kind: 'begun' } satisfies FromProcess);
  before ??= rememberIntrinsics();
  // What a timer of a module's has changed since its answer.
  restoreIntrinsics(before);
  let result: TaskResult;
  try {
    const job = { ...sent, state, training };
    result = { outcomes: await runJob(job, executorOf(executor, memory), hooks) };
  } catch (error) {
    result = { error: toWire(error) };
  }
  parent.follow(null);
  const change = restoreIntrinsics(before)?.name ?? lastingChange();
  // Whatever this process would compute from now on may be wrong.
  if (change !== null) throw new Error(`a module changed ${change} for good`);
  await answer(parent, { kind: 'done', result, state });
}

async function answer(parent: Parent, done: FromProcess): Promise<void> {
  try {
    await parent.send(done);
  } catch (error) {
    parent.say({ kind: 'done', result: { error: toWire(error) }, state: null } satisfies FromProcess);
  }
}

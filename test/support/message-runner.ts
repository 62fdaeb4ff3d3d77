// A runner whose every job goes through the messages of a cluster and a store, and whose every answer comes back through
// them: what two hosts would say to each other, without a queue between.

import type { Digest } from '../../src/blobs/blob-store.js';
import { digestOf } from '../../src/blobs/digest.js';
import { getBytes, putBytes } from '../../src/blobs/pieces.js';
import { type JobAnswer, packAnswer, unpackAnswer } from '../../src/cluster/messages/answer.js';
import {
  type HandedMembers,
  packHanded,
  restOfJob,
  unpackHanded,
  wholeAnswer,
} from '../../src/cluster/messages/handed.js';
import { describeJob, jobOf } from '../../src/cluster/messages/jobs.js';
import { openTask, sealTask } from '../../src/cluster/messages/queued-task.js';
import { Secret } from '../../src/cluster/messages/secret.js';
import type { Task } from '../../src/cluster/messages/task.js';
import { fromWire, TuttiError, toWire } from '../../src/errors.js';
import type { Job } from '../../src/training/session/job.js';
import type { MemberRunner } from '../../src/training/session/runner.js';
import type { PlannedTraining, Session } from '../../src/training/session/session.js';
import { createInlineRunner } from '../../src/training/thread/inline-runner.js';
import { memoryStore } from './memory-store.js';

export const SECRET = new Secret('0123456789abcdef0123456789abcdef');
const TRAINING: Digest = digestOf(new TextEncoder().encode('a training'));

/** What was said. */
export interface Said {
  readonly tasks: Task[];
  readonly bodies: string[];
  readonly answers: Uint8Array[];
  /** How many jobs another host went on with from a state. */
  continued: number;
}

export interface MessageRunner extends MemberRunner {
  readonly said: Said;
}

/** @param handOverAfter the epoch after which members are handed over and another host goes on; null: none does. */
export function messageRunner(handOverAfter: number | null = null): MessageRunner {
  const said: Said = { tasks: [], bodies: [], answers: [], continued: 0 };
  return { threads: 1, said, open: () => openSession(said, handOverAfter) };
}

function openSession(said: Said, handOverAfter: number | null): Session {
  const store = memoryStore();
  const put = (bytes: Uint8Array) => putBytes(store, bytes);
  const get = (digest: Digest) => getBytes(store, digest);
  const inner = createInlineRunner().open();
  let training: PlannedTraining | null = null;
  /** As a worker does. */
  const carryOut = async (job: Job, hooks: Parameters<Session['run']>[1], signal: AbortSignal) => {
    try {
      return { outcomes: await inner.run(job, hooks, signal) };
    } catch (error) {
      return { error: toWire(error) };
    }
  };
  const run: Session['run'] = async (job, { onHandOver }, signal) => {
    const task = await describeJob(job, { training: TRAINING, handOvers: null }, put);
    const queued = sealTask(SECRET, task, { store: store.address, notHosts: [] });
    said.tasks.push(task);
    said.bodies.push(queued.body);
    const opened = await openTask(SECRET, queued);
    const there = await jobOf(opened.task, training!, get, job.slot);
    let handed: HandedMembers | null = null;
    if (handOverAfter !== null) inner.want(job.slot, handOverAfter);
    const hooks = {
      onHandOver: (members: HandedMembers) => {
        handed ??= structuredClone(members) as HandedMembers;
        return onHandOver?.(members);
      },
    };
    let answer: JobAnswer = await carryOut(there, hooks, signal);
    let bytes = packAnswer(there, answer);
    if (handed !== null) {
      const again = await jobOf(opened.task, training!, get, job.slot);
      const taken = await unpackHanded(packHanded(handed), again, training!, 'first');
      const rest = restOfJob(again, taken);
      if (rest !== null) {
        said.continued++;
        answer = wholeAnswer(taken, await carryOut(rest, {}, signal));
        const other = packAnswer(rest, answer);
        if (digestOf(other) !== digestOf(bytes)) throw new Error(`member ${job.member}: other bytes`);
        bytes = other;
      }
    }
    said.answers.push(bytes);
    const back = await unpackAnswer(await get(await put(bytes)), job, training!, 'other');
    if ('error' in back) throw fromWire(back.error);
    return back.outcomes;
  };
  return {
    prepare(planned) {
      training = planned;
      return inner.prepare(planned);
    },
    run,
    stop: () => inner.stop(),
    pause: () => inner.pause(),
    want: (slot, epoch) => inner.want(slot, epoch),
    isTaken: (slot) => inner.isTaken(slot),
    progress: () => inner.progress(),
    hosts: () => inner.hosts(),
    executors: () => inner.executors(),
    settled: () => inner.settled(),
    close: () => inner.close(),
  };
}

/** The code of the error that something ends with; null where it does not. */
export async function codeOf(act: () => unknown): Promise<string | null> {
  try {
    await act();
    return null;
  } catch (error) {
    return error instanceof TuttiError ? error.code : String(error);
  }
}

// One task in this host's hands, from what was delivered to what becomes of it. What it is and whom it is from is checked
// before anything is fetched; what comes of it is in the store before the queue hears of it.

import type { BlobStore, Digest } from '../../blobs/blob-store.js';
import { getBytes } from '../../blobs/pieces.js';
import { TuttiError, toWire } from '../../errors.js';
import { unlessAborted } from '../../long-calls.js';
import { countShared } from '../../memory/uncounted-bytes.js';
import { importsModule, type Job, type MemberOutcome } from '../../training/session/job.js';
import { type JobAnswer, packAnswer } from '../messages/answer.js';
import {
  type HandedMembers,
  packHanded,
  restOfJob,
  unpackHanded,
  wholeAnswer,
  wholeHanded,
} from '../messages/handed.js';
import { jobOf } from '../messages/jobs.js';
import { openTask } from '../messages/queued-task.js';
import { failedReason, openProgress, sealProgress, sealResult } from '../messages/reports.js';
import type { Secret } from '../messages/secret.js';
import type { Task } from '../messages/task.js';
import type { Delivery, Handled } from '../queue/task-queue.js';
import type { GrowingRest } from './growing-rest.js';
import type { HostStores } from './host-stores.js';
import type { HostedTraining } from './hosted-training.js';
import type { HostedTrainings } from './hosted-trainings.js';
import type { KeptAnswer, KeptAnswers } from './kept-answers.js';
import type { Refusals } from './refusals.js';
import { delayOf, Returned, returnOf, type WhyEnded } from './returned.js';
import { TaskReport } from './task-report.js';
import type { NamedTask, WorkerEvent } from './worker-events.js';

/**
 * A task that is taken ahead waits so long for its thread. Where members take longer, another host may have a thread for it
 * by then; and the time that it takes to fetch one is nothing to theirs.
 */
const PATIENCE_MS = 3000;
/** Whoever may have it is to have it first. */
const NOT_HERE_MS = 1000;

export interface HostContext {
  /** What this host is called. */
  readonly host: string;
  readonly secret: Secret;
  readonly trainings: HostedTrainings;
  readonly stores: HostStores;
  readonly refusals: Refusals;
  readonly answers: KeptAnswers;
  /** Before another task is taken ahead, when one has waited for nothing. */
  readonly ahead: GrowingRest;
  readonly tell: (event: WorkerEvent) => void;
}

/** A task in hand. */
export interface HeldTask extends NamedTask {
  /** Ends it, whatever it is at. */
  readonly giveUp: (why: WhyEnded) => void;
}

/** A task that may be carried out here. */
interface Work {
  readonly delivery: Delivery;
  /** Tells how far it is. */
  readonly report: Delivery['report'];
  readonly task: Task;
  readonly named: NamedTask;
  readonly training: HostedTraining;
  readonly store: BlobStore;
  readonly signal: AbortSignal;
  readonly context: HostContext;
}

/** Where another host left a task. */
interface Earlier {
  readonly digest: Digest;
  readonly members: HandedMembers;
  readonly rest: Job;
}

/**
 * Carries a task out. Never rejects.
 * @param hold is told of it as soon as it is known what it is.
 */
export async function handleTask(
  delivery: Delivery,
  context: HostContext,
  hold: (task: HeldTask) => void,
): Promise<Handled> {
  const { host, secret, tell, refusals, trainings, stores } = context;
  let training: Digest | null = null;
  let named: NamedTask | null = null;
  let { progress } = delivery;
  const report = (text: string) => {
    progress = text;
    return delivery.report(text);
  };
  try {
    const { task, postage } = await openTask(secret, delivery);
    if (postage.notHosts.includes(host)) return { as: 'returned', delayMs: 0, restMs: NOT_HERE_MS };
    training = task.training;
    named = { task: delivery.id, training, members: placesOf(task) };
    const ending = new AbortController();
    hold({ ...named, giveUp: (why) => ending.abort(new Returned(why)) });
    const signal = AbortSignal.any([delivery.signal, ending.signal]);
    const store = await stores.at(postage.store);
    const work = { delivery, report, task, named, store, signal, context };
    return await trainings.use(training, store, signal, (own) => carryOut({ ...work, training: own }));
  } catch (error) {
    const returned = returnOf(error, delivery.signal);
    if (returned === null) return refusals.refuse(delivery, training, error);
    const { why, epoch } = returned;
    if (why === 'full') return { as: 'returned', delayMs: delayOf(why), restMs: context.ahead.next() };
    if (why === 'store' && error instanceof TuttiError) await refusals.storeAway(delivery, progress, error);
    if (named !== null) tell({ kind: 'returned', why, epoch, ...named });
    return { as: 'returned', delayMs: delayOf(why) };
  }
}

/** Those of a long group are not known without its blob. */
function placesOf({ members }: Task): readonly number[] {
  return typeof members === 'string' ? [] : members.map(({ member }) => member);
}

async function carryOut(work: Work): Promise<Handled> {
  const { delivery, task, named, training, store, signal, context } = work;
  const { refusals, answers, tell } = context;
  const kept = answers.of(delivery.id);
  if (kept !== null) return await deliver(work, kept);
  const asked = await jobOf(task, training, (digest) => getBytes(store, digest, { signal }), 0);
  const earlier = await takeUp(work, asked);
  const job = earlier?.rest ?? asked;
  const { from } = job.kind === 'group' ? job.members[0]! : job;
  let started = performance.now();
  const ended = await training.onSlot(signal, PATIENCE_MS, (slot) => {
    if (performance.now() - started < PATIENCE_MS) context.ahead.reset();
    started = performance.now();
    refusals.accepted();
    tell({ kind: 'taken', fromEpoch: earlier === null ? null : (from?.epoch ?? 0), ...named });
    return train(work, job, earlier, slot);
  });
  if ('lost' in ended) {
    tell({ kind: 'done', ms: performance.now() - started, failed: 1, error: ended.lost, ...named });
    return { as: 'failed', reason: failedReason(ended.lost) };
  }
  const ms = performance.now() - started;
  const answer = earlier === null ? ended : wholeAnswer(earlier.members, ended);
  // Its slot has the next one by now.
  return await deliver(work, {
    bytes: packAnswer(job, answer),
    executors: training.session.executors(),
    done: { kind: 'done', ms, ...failuresOf(answer), ...named },
  });
}

/** Stores what a task came to, and says where it is. @throws ERR_STORE when the store is away for too long. */
async function deliver({ delivery, store, signal, context }: Work, answer: KeptAnswer): Promise<Handled> {
  const { host, secret, stores, answers, tell } = context;
  const { bytes, executors, done } = answer;
  try {
    const outcomes = await stores.put(store, bytes, signal);
    answers.forget(delivery.id);
    tell(done);
    return { as: 'done', result: sealResult(secret, delivery.id, { host, outcomes, executors }) };
  } catch (error) {
    if (error instanceof TuttiError && error.code === 'ERR_STORE') answers.keep(delivery.id, answer);
    throw error;
  }
}

/** How far an earlier host came; null where there was none, or what it left cannot be had or is none of this task. */
async function takeUp(work: Work, asked: Job): Promise<Earlier | null> {
  const { delivery, training, store, signal, context } = work;
  if (delivery.progress === null) return null;
  try {
    const { host, handed } = await openProgress(context.secret, delivery.id, delivery.progress);
    if (handed === null) return null;
    const members = await unpackHanded(await getBytes(store, handed, { signal }), asked, training, host);
    const rest = restOfJob(asked, members);
    return rest === null ? null : { digest: handed, members, rest };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof TuttiError && ['ERR_TASK', 'ERR_BLOB'].includes(error.code)) return null;
    throw error;
  }
}

/** Trains a job on a slot: what it came to, or that its thread was lost. @throws Returned when it is to be given back. */
async function train(
  work: Work,
  job: Job,
  earlier: Earlier | null,
  slot: number,
): Promise<JobAnswer | { readonly lost: TuttiError }> {
  const { delivery, task, training, store, signal, context } = work;
  const { host, secret, stores } = context;
  const report = new TaskReport({
    ...{ session: training.session, slot, job, pace: task.handOvers, earlier: earlier?.digest ?? null },
    store: (members) =>
      stores.put(
        store,
        packHanded(earlier === null ? members : wholeHanded(earlier.members, members)),
        signal,
      ),
    tell: (standing) => work.report(sealProgress(secret, delivery.id, { host, ...standing, refused: null })),
  });
  const onHandOver = report.begin();
  try {
    // A module may end this process at once: then it is known which host was lost with it.
    if (importsModule(job)) await unlessAborted(report.tell(), signal);
    const outcomes = await training.run(job, slot, { onHandOver }, signal);
    report.end();
    for (const buffer of buffersOf(outcomes)) countShared(buffer);
    await giveBack(training, outcomes, report, signal);
    return { outcomes };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Returned || !(error instanceof TuttiError)) throw error;
    if (error.code === 'ERR_THREAD_LOST') return { lost: error };
    if (OF_THIS_HOST.has(error.code)) throw error;
    return { error: toWire(error) };
  } finally {
    report.end();
  }
}

/** What says nothing of the member, and would be otherwise on another host. */
const OF_THIS_HOST: ReadonlySet<string> = new Set([
  'ERR_CANCELLED',
  'ERR_THREAD_START',
  'ERR_THREAD_BLOCKED',
  'ERR_STORE',
]);

/**
 * Gives a task back that was not trained to its end because this host is to end, or was told to stop.
 * @throws Returned, once another host can go on from where it is.
 */
async function giveBack(
  { ending }: HostedTraining,
  outcomes: readonly MemberOutcome[],
  report: TaskReport,
  signal: AbortSignal,
): Promise<void> {
  const isOpen = outcomes.some(({ status }) => status === 'stopped' || status === 'paused');
  if (!isOpen || ending === null) return;
  const { how, why } = ending;
  const paused = outcomes.filter((outcome) => outcome.status === 'paused');
  // A coordinator that paused it wants it as it is.
  if (why === 'stopped' && how === 'pause' && outcomes.every(({ status }) => status !== 'stopped')) return;
  if (why === 'stopped' || paused.length < outcomes.length) throw new Returned(why);
  await report.keep(paused);
  await unlessAborted(report.tell(), signal);
  throw new Returned(why, paused[0]!.progress.epoch);
}

/** What threads have left: V8 does not count it. */
function buffersOf(outcomes: readonly MemberOutcome[]): SharedArrayBuffer[] {
  return outcomes.flatMap((outcome) => {
    if (outcome.status === 'paused') return [outcome.parameters.buffer];
    if (outcome.status !== 'advanced') return [];
    return outcome.delivered.flatMap(({ parameters, model }) =>
      model === null ? [parameters.buffer] : [parameters.buffer, model.buffer],
    );
  });
}

function failuresOf(answer: JobAnswer): { readonly failed: number; readonly error: TuttiError | null } {
  const errors =
    'error' in answer
      ? [answer.error]
      : answer.outcomes.flatMap((outcome) => (outcome.status === 'failed' ? [outcome.error] : []));
  const [first] = errors;
  const error = first === undefined ? null : new TuttiError(first.code, first.message, first.details);
  return { failed: errors.length, error };
}

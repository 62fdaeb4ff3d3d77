// The whole conversation between the pool and its threads: what a task carries and what comes back.

import type { MessagePort } from 'node:worker_threads';
import type { RowAnswers, RowsAsked } from '../ensemble/predict/row-runner.js';
import type { SentEnsemble } from '../ensemble/predict/thread-rows.js';
import type { WireError } from '../errors.js';
import type { Loader } from '../threads/loaders.js';
import type { LocalJob } from '../training/local/local-job.js';
import type { EpochDecision, EpochEvent, HandedMember, MemberOutcome } from '../training/session/job.js';
import type { Ticket } from './ticket.js';

/**
 * A task: the job, a port on which the coordinator answers epoch ends, when anyone asked for them, and a number for the
 * members in training that are handed over, when anyone wants them.
 */
export interface MemberTask {
  readonly job: LocalJob;
  readonly hooks: MessagePort | null;
  readonly handOver: number | null;
}

/** Members in training of a task, said beside its answer. */
export interface HandOverMessage {
  readonly handOver: number;
  readonly members: readonly (HandedMember | null)[];
}

export function isHandOver(message: unknown): message is HandOverMessage {
  return typeof message === 'object' && message !== null && 'handOver' in message && 'members' in message;
}

/** Rows to predict with an ensemble of a name; the ensemble itself where the thread has said that it has none of it. */
export interface RowTask {
  readonly name: string;
  readonly sent: SentEnsemble | null;
  readonly asked: RowsAsked;
}

/** What a thread answers: null where the ensemble must be sent. */
export type RowResult =
  | { readonly answers: readonly RowAnswers[keyof RowAnswers][] | null }
  | { readonly error: WireError };

/** What is asked of a thread. */
export type Asked = MemberTask | RowTask;

/** As it is sent, with the ticket that the thread takes before it begins. */
export type ThreadTask = Asked & { readonly ticket: Ticket };

/** Errors travel as values, because a thread's rejection loses their code and details. */
export type TaskResult = { readonly outcomes: readonly MemberOutcome[] } | { readonly error: WireError };

/** Whether a thread's answer to rows is one. */
export function isRowResult(answer: unknown): answer is RowResult {
  return typeof answer === 'object' && answer !== null && ('error' in answer || 'answers' in answer);
}

/** Whether a thread's answer is one: a worker file may be any file. */
export function isTaskResult(answer: unknown): answer is TaskResult {
  if (typeof answer !== 'object' || answer === null) return false;
  return 'error' in answer || ('outcomes' in answer && Array.isArray(answer.outcomes));
}

/** What the coordinator exposes on a task's port. */
export interface HookServer {
  epochEnd(event: EpochEvent): Promise<EpochDecision | undefined>;
}

/** What every thread is started with. */
export interface ThreadData {
  /** The file that the thread runs, as a URL. */
  readonly worker: string;
  /** Name of the broadcast channel on which names of memories arrive that are let go of. */
  readonly releases: string;
  /** To be loaded before a module of the user's. */
  readonly loaders: readonly Loader[];
}

// The thread pool: a MemberRunner over threads. It dispatches jobs, rebuilds errors and tells threads of
// memories that are let go of; it holds no policy (see training/coordinator). What threads are is threads.ts's business.

// The declaration file names AsyncDisposable, which a user's own libs may not hold.
/// <reference lib="esnext.disposable" preserve="true" />

import { AsyncLocalStorage } from 'node:async_hooks';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { BroadcastChannel, MessageChannel, type MessagePort } from 'node:worker_threads';
import type { TrainedEnsemble } from '../ensemble/ensemble.js';
import type {
  RowAnswers,
  RowOptions,
  RowRunner,
  RowSession,
  RowsAsked,
} from '../ensemble/predict/row-runner.js';
import type { SentEnsemble } from '../ensemble/predict/thread-rows.js';
import { fromWire, isFailedAllocation, TuttiError } from '../errors.js';
import { installedWorker } from '../installed.js';
import { affordableThreads, requireMemoryOfThreads } from '../machine/memory-limit.js';
import { onMemoriesDropped } from '../memory/memory-cache.js';
import { checkOptions, type OptionTable, option } from '../option-names.js';
import type { Isolation } from '../processes/protocol.js';
import { requireProcesses } from '../processes/requirements.js';
import type { LocalJob, LocalMemberJob, TrainingShare } from '../training/local/local-job.js';
import { LocalSession } from '../training/local/local-session.js';
import {
  type EpochEvent,
  type HandOverHook,
  importsModule,
  type JobHooks,
  type MemberOutcome,
} from '../training/session/job.js';
import type { MemberRunner } from '../training/session/runner.js';
import type { Session } from '../training/session/session.js';
import type { JobProcesses } from './job-processes.js';
import { LastingThreads } from './lasting-threads.js';
import { isHandOver, isRowResult, isTaskResult, type RowTask } from './messages.js';

export interface PoolOptions {
  /** Threads to keep; more than there are cores is allowed. @default as many as there are cores, or as memory allows */
  readonly threads?: number;
  /** The built worker file, for bundlers that move it: a file URL or a path. @default tutti's own */
  readonly workerPath?: string | URL;
  /**
   * Seconds that a thread may take to load the worker file before that is an error.
   * @default 60 while it is busy, 5 in which nothing happens in it
   */
  readonly startTimeout?: number;
  /**
   * `process` runs members that need a module of yours, learners and tfjs models, in child processes, so that one that
   * brings its process down (a signal, an abort, memory) costs a retry; see docs/guide/own-learners.md. Ensembles
   * trained so call their learners in processes too. The bytes are the same. @default threads
   */
  readonly isolate?: 'process';
}

/** Far more than any machine has cores; beyond this a request is surely a mistake. */
const MAX_THREADS = 1024;

const POOL_OPTIONS = {
  threads: {
    expected: `an integer from 1 to ${MAX_THREADS}`,
    holds: (threads) => option.integer(1).holds(threads) && (threads as number) <= MAX_THREADS,
  },
  workerPath: {
    expected: 'a path or a file URL',
    // By its shape: a test runner's URL is of another realm.
    holds: (path) => isUrl(path) || (typeof path === 'string' && path !== ''),
  },
  startTimeout: option.number('a positive number of seconds', (value) => value > 0),
  isolate: option.oneOf('process'),
} satisfies OptionTable<PoolOptions>;

function isUrl(path: unknown): boolean {
  const text = typeof path === 'string' ? path : (path as Partial<URL> | null)?.href;
  return typeof text === 'string' && text.startsWith('file:');
}

/**
 * Threads that train members. One pool serves many trainings, several at once if need be; idle threads do
 * not keep the process alive, a training under way does.
 */
export interface Pool extends MemberRunner, Required<RowRunner>, AsyncDisposable {
  /** Resolves when no training is under way; the pool stays usable. */
  drain(): Promise<void>;
  /** Lets the trainings under way end, accepts no others, then ends the threads. */
  close(): Promise<void>;
  /** Ends the threads at once; unfinished jobs reject with ERR_CANCELLED. */
  destroy(): Promise<void>;
}

let pools = 0;
let sessions = 0;
let handOvers = 0;

/**
 * Starts a pool; its threads start in the background. What keeps them from starting is an error of the trainings that
 * wait for them.
 * @throws ERR_OPTION when `threads` is not an integer from 1 to 1024, and for other options that are wrong or unknown;
 * ERR_FILE when the thread's file, or a process's, is not found; ERR_MEMORY when its threads would not fit; ERR_THREAD_START when the
 * system refuses threads, or Node.js's permission model processes.
 */
export function createPool(options: PoolOptions = {}): Pool {
  checkOptions('createPool', options, POOL_OPTIONS);
  const { threads = affordableThreads(availableParallelism()), startTimeout } = options;
  const workerPath = options.workerPath ?? installedWorker();
  requireMemoryOfThreads(threads);
  const worker = isUrl(workerPath) ? workerPath.toString() : resolve(workerPath.toString());
  if (options.isolate !== undefined) requireProcesses();
  const startMs = startTimeout === undefined ? null : 1000 * startTimeout;
  return new ThreadPool(threads, worker, startMs, options.isolate ?? null);
}

function runsUserCode(job: LocalJob): job is LocalMemberJob {
  return importsModule(job);
}

/** The pool whose thread waits for the answer of a callback, while it does. */
const answering = new AsyncLocalStorage<{ pool: ThreadPool | null }>();

class ThreadPool implements Pool {
  readonly threads: number;
  readonly started = true;
  readonly isolate: Isolation;
  /** Loaded when there is a job for them. */
  #processes: Promise<JobProcesses> | null = null;
  readonly #worker: string;
  readonly #startTimeoutMs: number | null;
  readonly #releases: string;
  readonly #channel: BroadcastChannel;
  /** Ends listening for memories that threads are to let go of. */
  readonly #forget: () => void;
  /** Who is handed the members of jobs under way, by the number that their threads were given. */
  readonly #handOvers = new Map<number, HandOverHook>();
  #threads: LastingThreads;
  /** Trainings that have begun and not ended, and parts of predictions. */
  #underWay = 0;
  /** Called, and forgotten, when the last of them ends. */
  #drained: (() => void)[] = [];
  #closing = false;
  #ended: Promise<void> | null = null;

  constructor(threads: number, worker: string, startTimeoutMs: number | null, isolate: Isolation) {
    this.threads = threads;
    this.isolate = isolate;
    this.#worker = worker;
    this.#startTimeoutMs = startTimeoutMs;
    this.#releases = `tutti-releases-${process.pid}-${++pools}`;
    this.#channel = new BroadcastChannel(this.#releases);
    this.#channel.unref();
    this.#forget = onMemoriesDropped((names) => this.#channel.postMessage(names));
    this.#threads = this.#start();
  }

  #start(): LastingThreads {
    return new LastingThreads({
      count: this.threads,
      worker: this.#worker,
      data: { releases: this.#releases },
      startTimeoutMs: this.#startTimeoutMs,
      onMessage: (message) => {
        if (isHandOver(message)) this.#handOvers.get(message.handOver)?.(message.members);
      },
    });
  }

  open(): Session {
    if (this.#closing || this.#ended !== null) throw destroyed();
    if (answering.getStore()?.pool === this) throw waitsForItself();
    // What kept threads from starting may have passed: each training tries once.
    if (this.#threads.failure !== null && this.#underWay === 0) this.#threads = this.#start();
    this.#underWay++;
    let isolated: TrainingShare | null = null;
    return new LocalSession({
      threads: this.threads,
      apart: this.isolate !== null,
      run: (job, hooks, signal) => {
        if (this.isolate === null || !runsUserCode(job)) return this.#run(job, hooks, signal);
        isolated = job.training;
        return this.#runApart(job, hooks, signal);
      },
      ended: () => {
        const training = isolated;
        if (training !== null) void this.#processes?.then((processes) => processes.drop(training));
        this.#workEnded();
      },
    });
  }

  openRows(ensemble: TrainedEnsemble, options: RowOptions): RowSession {
    const name = `${this.#releases}-rows-${++sessions}`;
    const sent: SentEnsemble = { ensemble, options };
    let closed = false;
    const ask = async (task: RowTask) => {
      const result = await this.#threads.run(() => task, new AbortController().signal);
      if (!isRowResult(result)) throw this.#notOurs();
      if ('error' in result) throw fromWire(result.error);
      return result.answers;
    };
    return {
      predict: async <What extends keyof RowAnswers>(asked: RowsAsked<What>) => {
        if (closed || this.#closing || this.#ended !== null) throw destroyed();
        this.#underWay++;
        try {
          let answers = await ask({ name, asked, sent: null });
          if (answers === null) {
            // A thread that loaded it now would keep it for good.
            if (closed) throw destroyed();
            answers = await ask({ name, asked, sent });
          }
          return answers as readonly RowAnswers[What][];
        } finally {
          this.#workEnded();
        }
      },
      close: () => {
        if (closed || this.#ended !== null) return;
        closed = true;
        this.#channel.postMessage([name]);
      },
    };
  }

  async #run(
    job: LocalJob,
    { onEpochEnd, onHandOver }: JobHooks,
    signal: AbortSignal,
  ): Promise<readonly MemberOutcome[]> {
    if (this.#ended !== null) throw destroyed();
    // Loaded only here: most trainings have no callbacks.
    const serve = onEpochEnd === undefined ? null : (await import('./hook-channel.js')).serveHooks;
    const answer = (event: EpochEvent) => this.#answer(() => onEpochEnd!(event));
    const served: MessagePort[] = [];
    const makeHooks = () => {
      if (serve === null) return null;
      const { port1, port2 } = new MessageChannel();
      served.push(port1);
      serve(answer, port1);
      return port2;
    };
    const handOver = onHandOver === undefined ? null : ++handOvers;
    if (handOver !== null) this.#handOvers.set(handOver, onHandOver!);
    try {
      const result = await this.#threads.run(() => ({ job, hooks: makeHooks(), handOver }), signal);
      if (!isTaskResult(result)) throw this.#notOurs();
      if ('error' in result) throw fromWire(result.error);
      return result.outcomes;
    } catch (error) {
      throw this.#explain(error, job.member);
    } finally {
      for (const port of served) port.close();
      if (handOver !== null) this.#handOvers.delete(handOver);
    }
  }

  async #runApart(
    job: LocalMemberJob,
    { onEpochEnd, onHandOver }: JobHooks,
    signal: AbortSignal,
  ): Promise<readonly MemberOutcome[]> {
    if (this.#ended !== null) throw destroyed();
    const hook = onEpochEnd && ((event: EpochEvent) => this.#answer(() => onEpochEnd(event)));
    try {
      this.#processes ??= this.#loadProcesses();
      return await (await this.#processes).run(job, { onEpochEnd: hook, onHandOver }, signal);
    } catch (error) {
      throw this.#explain(error, job.member);
    }
  }

  async #loadProcesses(): Promise<JobProcesses> {
    const { JobProcesses } = await import('./job-processes.js');
    return new JobProcesses(this.threads, this.#startTimeoutMs);
  }

  /** A training that the callback begins on this pool, and awaits, would wait for the thread that waits for it. */
  async #answer<Answer>(callback: () => Promise<Answer>): Promise<Answer> {
    const context: { pool: ThreadPool | null } = { pool: this };
    try {
      return await answering.run(context, callback);
    } finally {
      context.pool = null;
    }
  }

  #notOurs(): TuttiError {
    const message = `The worker ${this.#worker} is not tutti's: it does not answer as one`;
    return new TuttiError('ERR_THREAD_START', message, { worker: this.#worker });
  }

  /** Whatever piscina rejects with itself means that the thread is gone, or was ended on purpose. */
  #explain(error: unknown, member: number): TuttiError {
    if (this.#ended !== null) return destroyed();
    if (error instanceof TuttiError) return error;
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    const details = { member };
    if (name === 'AbortError')
      return new TuttiError('ERR_CANCELLED', `Member ${member} was stopped`, details);
    if (name === 'DataCloneError') {
      const what = `Member ${member} cannot be handed to a thread or back: ${message}`;
      return new TuttiError(isFailedAllocation(error) ? 'ERR_MEMORY' : 'ERR_INTERNAL', what, details, error);
    }
    // Piscina's own words for a worker without a default export that is a function.
    if (message.startsWith('No handler function exported')) return this.#notOurs();
    return new TuttiError('ERR_THREAD_LOST', `the thread died (${message})`, details, error);
  }

  #workEnded(): void {
    if (--this.#underWay > 0) return;
    for (const resume of this.#drained.splice(0)) resume();
  }

  async drain(): Promise<void> {
    if (this.#underWay === 0) return;
    await new Promise<void>((resume) => this.#drained.push(resume));
  }

  async close(): Promise<void> {
    this.#closing = true;
    await this.drain();
    await this.destroy();
  }

  destroy(): Promise<void> {
    this.#ended ??= this.#end();
    return this.#ended;
  }

  async #end(): Promise<void> {
    this.#forget();
    this.#channel.close();
    await Promise.all([this.#threads.destroy(), this.#processes?.then((processes) => processes.destroy())]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function destroyed(): TuttiError {
  return new TuttiError('ERR_CANCELLED', 'The pool has ended');
}

function waitsForItself(): TuttiError {
  const message =
    'A training begun in `onEpochEnd` of another on the same pool would wait for a thread that waits for it; give it a pool of its own, or createInlineRunner()';
  return new TuttiError('ERR_OPTION', message, { option: 'runner' });
}

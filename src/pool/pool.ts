// The thread pool: a MemberRunner over piscina. It dispatches jobs, rebuilds errors and tells threads when
// a training has ended; it holds no policy (see train-ensemble.ts). The only module that loads piscina.

// The declaration file names AsyncDisposable, which a user's own libs may not hold.
/// <reference lib="esnext.disposable" preserve="true" />

import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { BroadcastChannel, MessageChannel, type Worker } from 'node:worker_threads';
import type * as piscina from 'piscina';
import type { EpochHook, Job, MemberOutcome } from '../ensemble/job.js';
import type { MemberRunner } from '../ensemble/runner.js';
import { fromWire, TuttiError } from '../errors.js';
import { installedWorker, requireInstalled } from '../installed.js';
import { checkOptions, type OptionTable, option } from '../option-names.js';
import type { MemberTask, TaskResult, ThreadData } from './messages.js';

export interface PoolOptions {
  /** Threads to keep; more than there are cores is allowed. @default available parallelism */
  readonly threads?: number;
  /** The built worker file, for bundlers that move it. @default tutti's own */
  readonly workerPath?: string | URL;
}

/** Piscina's own limits are far above; beyond this a request is surely a mistake. */
const MAX_THREADS = 1024;

const POOL_OPTIONS = {
  threads: {
    expected: `an integer from 1 to ${MAX_THREADS}`,
    holds: (threads) => option.integer(1).holds(threads) && (threads as number) <= MAX_THREADS,
  },
  workerPath: {
    expected: 'a path or a URL',
    // By its shape: a test runner's URL is of another realm.
    holds: (path) => typeof path === 'string' || typeof (path as Partial<URL> | null)?.href === 'string',
  },
} satisfies OptionTable<PoolOptions>;

/**
 * Threads that train members. One pool serves many trainings, several at once if need be; idle threads do
 * not keep the process alive.
 */
export interface Pool extends MemberRunner, AsyncDisposable {
  /** Resolves when no training is under way; the pool stays usable. */
  drain(): Promise<void>;
  /** Lets the trainings under way end, then ends the threads. */
  close(): Promise<void>;
  /** Ends the threads at once; unfinished jobs reject with ERR_CANCELLED. */
  destroy(): Promise<void>;
}

let pools = 0;

/**
 * Starts a pool; its threads start in the background.
 * @throws ERR_OPTION when `threads` is not an integer from 1 to 1024; ERR_FILE when the thread's file is not found.
 */
export function createPool(options: PoolOptions = {}): Pool {
  checkOptions('createPool', options, POOL_OPTIONS);
  const threads = options.threads ?? availableParallelism();
  return new PiscinaPool(threads, options.workerPath ?? installedWorker());
}

class PiscinaPool implements Pool {
  readonly threads: number;
  readonly #piscina: piscina.Piscina<MemberTask, TaskResult>;
  readonly #releases: BroadcastChannel;
  /** Ids of the trainings that have sent jobs and not ended. */
  readonly #underWay = new Set<string>();
  /** Called, and forgotten, when the last training ends. */
  #drained: (() => void)[] = [];
  #ended: Promise<void> | null = null;

  constructor(threads: number, worker: string | URL) {
    this.threads = threads;
    const releases = `tutti-releases-${process.pid}-${++pools}`;
    this.#releases = new BroadcastChannel(releases);
    this.#releases.unref();
    const { Piscina } = requireInstalled<typeof piscina>('piscina');
    this.#piscina = new Piscina({
      filename: worker.toString(),
      minThreads: threads,
      maxThreads: threads,
      idleTimeout: Number.POSITIVE_INFINITY,
      // Aborting one task would kill its neighbours on the same thread.
      concurrentTasksPerWorker: 1,
      // A thread blocked in Atomics.wait would answer no release and no hook.
      atomics: 'disabled',
      // The parent's loaders and flags are not for threads: they only slow their start.
      execArgv: [],
      workerData: { releases } satisfies ThreadData,
      recordTiming: false,
    });
    // A thread that dies rejects its own task; without a handler the event would end the process.
    this.#piscina.on('error', () => {});
  }

  async run(
    job: Job,
    onEpochEnd: EpochHook | undefined,
    signal: AbortSignal,
  ): Promise<readonly MemberOutcome[]> {
    if (this.#ended !== null) throw destroyed();
    this.#underWay.add(job.training.id);
    const channel = onEpochEnd === undefined ? null : new MessageChannel();
    let before: readonly Worker[] = [];
    // Before piscina's own listener, which takes the job's thread out of its list.
    signal.addEventListener('abort', () => (before = [...this.#piscina.threads]), { once: true });
    try {
      if (channel !== null) {
        // Loaded only here: most trainings have no callbacks.
        const { serveHooks } = await import('./hook-channel.js');
        serveHooks(onEpochEnd!, channel.port1);
      }
      const hooks = channel?.port2 ?? null;
      const result = await this.#piscina.run(
        { job, hooks },
        { signal, ...(hooks === null ? {} : { transferList: [hooks] }) },
      );
      if ('error' in result) throw fromWire(result.error);
      return result.outcomes;
    } catch (error) {
      await ended(before.filter((thread) => !this.#piscina.threads.includes(thread)));
      throw error instanceof TuttiError ? error : this.#explain(error, job.member);
    } finally {
      channel?.port1.close();
    }
  }

  /** Whatever piscina rejects with itself means that the thread is gone, or was ended on purpose. */
  #explain(error: unknown, member: number): TuttiError {
    if (this.#ended !== null) return destroyed();
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    if (name === 'AbortError')
      return new TuttiError('ERR_CANCELLED', `Member ${member} was stopped`, { member });
    return new TuttiError('ERR_THREAD_LOST', `the thread died (${message})`, { member }, error);
  }

  release(trainingId: string): void {
    if (this.#ended === null) this.#releases.postMessage(trainingId);
    this.#underWay.delete(trainingId);
    if (this.#underWay.size > 0) return;
    for (const resolve of this.#drained.splice(0)) resolve();
  }

  async drain(): Promise<void> {
    if (this.#underWay.size === 0) return;
    await new Promise<void>((resolve) => this.#drained.push(resolve));
  }

  async close(): Promise<void> {
    await this.drain();
    await this.destroy();
  }

  destroy(): Promise<void> {
    this.#ended ??= this.#end();
    return this.#ended;
  }

  async #end(): Promise<void> {
    this.#releases.close();
    await this.#piscina.destroy();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** Resolves when these threads have really ended; until then one may still write to the arena it was given. */
async function ended(threads: readonly Worker[]): Promise<void> {
  const alive = threads.filter(({ threadId }) => threadId !== -1);
  await Promise.all(alive.map((thread) => once(thread, 'exit')));
}

function destroyed(): TuttiError {
  return new TuttiError('ERR_CANCELLED', 'The pool has ended');
}

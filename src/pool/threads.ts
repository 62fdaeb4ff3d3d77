// The threads of a pool: the only module that loads piscina. It follows every thread from its creation to its
// exit, so that one that cannot start, or cannot be ended, is an error for whoever waits for it and never a silence.
// It knows tasks but not what is in them.

import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { MessagePort, Worker } from 'node:worker_threads';
import type * as piscina from 'piscina';
import { TuttiError } from '../errors.js';
import { installedFile, requireInstalled } from '../installed.js';
import { awaitEnds } from '../threads/blocked-threads.js';
import { startFlags } from '../threads/loaders.js';
import type { Asked, ThreadData, ThreadTask } from './messages.js';
import { isTaken, makeTicket, type Ticket, withdraw } from './ticket.js';

export interface ThreadsOptions {
  readonly count: number;
  /** The file that every thread runs, as a file URL or an absolute path. */
  readonly worker: string;
  readonly data: Omit<ThreadData, 'loaders' | 'worker'>;
  /** How long a thread may take to load its worker; null for the defaults below. */
  readonly startTimeoutMs: number | null;
  /** Called for what threads say beside their answers. */
  readonly onMessage?: (message: unknown) => void;
}

const LOOK_MS = 250;
/** A thread in which nothing at all has happened for this long waits for what never comes; a slow one does something. */
const QUIET_START_MS = 5000;
/** For a worker that is busy all the time, such as a loop; threads that share a core may take so much longer. */
const BUSY_START_MS = 60_000;

/**
 * Of each thread's heap. V8 lets it grow to 48 MiB a thread, whatever little garbage there is; with so much, members of
 * all engines measured as fast.
 */
const YOUNG_GENERATION_MIB = 4;

/** A task that no thread is known to have begun. */
interface SentTask {
  readonly ticket: Ticket;
  /** Ends the thread that it was sent to. */
  readonly giveUp: () => void;
  /** Milliseconds since it was sent to one. */
  waitedMs: number;
}

/** What is known of a thread that has not exited. */
interface ThreadState {
  online: boolean;
  started: boolean;
  /** It was ended on purpose. */
  ended: boolean;
  error: unknown;
  /** Milliseconds since it began to load the worker, and since something last happened in it. */
  loadingMs: number;
  quietMs: number;
  activeMs: number;
}

/** Why a task was lost that no thread had begun, and none will: it may be sent again. */
export class NotBegun extends Error {
  constructor(override readonly cause: unknown) {
    super('the task was not begun');
  }
}

export class Threads {
  readonly #options: ThreadsOptions;
  readonly #piscina: piscina.Piscina<ThreadTask, unknown>;
  readonly #known = new Map<Worker, ThreadState>();
  /** Rejects each task under way. No promise that outlives them: one that is raced keeps what it was raced with. */
  readonly #rejections = new Set<(error: TuttiError) => void>();
  /** In the order in which they are sent to threads. */
  readonly #sent = new Set<SentTask>();
  #failure: TuttiError | null = null;
  #everStarted = false;
  #ending = false;
  /** Tasks under way; while there are any, a timer keeps the process alive and looks after the threads. */
  #tasks = 0;
  #timer: NodeJS.Timeout | undefined;
  #looked = 0;

  /** @throws ERR_THREAD_START when the system refuses a thread. */
  constructor(options: ThreadsOptions) {
    this.#options = options;
    try {
      this.#piscina = startPiscina(options);
    } catch (error) {
      if (error instanceof TuttiError) throw error;
      throw startError(options.worker, `its threads cannot be started: ${reasonOf(error)}`, error);
    }
    // A thread that dies rejects its own task; without a handler the event would end the process.
    this.#piscina.on('error', () => {});
    if (options.onMessage !== undefined) this.#piscina.on('message', options.onMessage);
    // Piscina puts another in a thread's place right after it has let go of it.
    this.#piscina.on('workerDestroy', () => queueMicrotask(() => this.#follow()));
    this.#follow();
  }

  /** Why no thread can start, once that is known; tasks reject with it from then on. */
  get failure(): TuttiError | null {
    return this.#failure;
  }

  /** Whether a thread has loaded the worker: then it can be loaded. */
  get everStarted(): boolean {
    return this.#everStarted;
  }

  /**
   * Runs a task to its end. When this rejects, no thread is at work on it any more.
   * @param signal aborting it ends the thread that has the task.
   * @throws ERR_THREAD_START; ERR_THREAD_BLOCKED when the thread cannot be ended; {@link NotBegun}; whatever piscina rejects
   * with.
   */
  async run(task: Asked, signal: AbortSignal, transfer: readonly MessagePort[]): Promise<unknown> {
    if (this.#failure !== null) throw this.#failure;
    const ending = new AbortController();
    // Before piscina's own listener, which takes the task's thread out of its list.
    ending.signal.addEventListener('abort', () => this.#noteEnded(), { once: true });
    const end = () => ending.abort();
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
    const sent: SentTask = { ticket: makeTicket(), giveUp: end, waitedMs: 0 };
    this.#begin(sent);
    try {
      const asked = { ...task, ticket: sent.ticket };
      const running = this.#piscina.run(asked, { signal: ending.signal, transferList: [...transfer] });
      this.#follow();
      const result = await this.#unlessFailed(running);
      // Of a thread that died of `throw null`; no worker of tutti's answers so.
      if (result === null) throw new Error('null was thrown in it');
      return result;
    } catch (error) {
      const blocked = await this.#endOf([...this.#known.keys()].filter((thread) => !this.#has(thread)));
      const { failure } = this;
      if (failure !== null && !this.#everStarted) throw failure;
      withdraw(sent.ticket);
      const begun = isTaken(sent.ticket);
      if (signal.aborted) throw blocked && begun ? blockedError() : error;
      const cause = ending.signal.aborted ? this.#notTaken() : (failure ?? error);
      if (!begun) throw new NotBegun(cause);
      // The failure is about threads to come; the one that had this task was ended with them.
      throw failure === null ? cause : new Error(failure.message);
    } finally {
      signal.removeEventListener('abort', end);
      this.#end(sent);
    }
  }

  /** Ends all threads; tasks under way reject. */
  async destroy(): Promise<void> {
    this.#ending = true;
    const threads = [...this.#known.keys()];
    // Not awaited: it would wait for a blocked thread for ever.
    void this.#piscina.destroy();
    await this.#endOf(threads);
  }

  #has(thread: Worker): boolean {
    return this.#piscina.threads.includes(thread);
  }

  /** Takes up the threads that piscina has started since. */
  #follow(): void {
    for (const thread of this.#piscina.threads) {
      if (this.#known.has(thread) || thread.threadId === -1) continue;
      const state: ThreadState = {
        ...{ online: false, started: false, ended: false, error: null },
        ...{ loadingMs: 0, quietMs: 0, activeMs: 0 },
      };
      this.#known.set(thread, state);
      thread.once('online', () => (state.online = true));
      // Piscina's own, which says that the worker is loaded, comes before anything a job could send.
      thread.once('message', () => {
        state.started = true;
        this.#everStarted = true;
      });
      thread.on('error', (error) => (state.error = error));
      thread.once('exit', (code) => this.#exited(thread, state, code));
    }
  }

  /** Threads that piscina lets go of because of an abort are ended on purpose. */
  #noteEnded(): void {
    const before = [...this.#piscina.threads];
    queueMicrotask(() => {
      for (const thread of before) {
        const state = this.#known.get(thread);
        if (state !== undefined && !this.#has(thread)) state.ended = true;
      }
    });
  }

  #exited(thread: Worker, state: ThreadState, code: number): void {
    this.#known.delete(thread);
    if (this.#ending || state.ended) return;
    // After a failed start piscina replaces no thread any more, and tasks would wait for ever.
    if (state.started && this.#piscina.threads.length >= this.#options.count) return;
    if (state.error === null) this.#fail(`it ended its thread while it was loaded (exit status ${code})`);
    else this.#fail(this.#reasonOfLoading(state.error), state.error);
  }

  #reasonOfLoading(error: unknown): string {
    const path = pathOf(this.#options.worker);
    return existsSync(path) ? `it cannot be loaded: ${reasonOf(error)}` : 'there is no such file';
  }

  #fail(reason: string, cause?: unknown): void {
    if (this.#failure !== null) return;
    this.#failure = startError(this.#options.worker, reason, cause);
    for (const reject of this.#rejections) reject(this.#failure);
    void this.destroy();
  }

  async #unlessFailed(running: Promise<unknown>): Promise<unknown> {
    let rejection: (error: TuttiError) => void = () => {};
    const failed = new Promise<never>((_, reject) => {
      rejection = reject;
    });
    this.#rejections.add(rejection);
    try {
      return await Promise.race([running, failed]);
    } finally {
      this.#rejections.delete(rejection);
    }
  }

  #begin(sent: SentTask): void {
    this.#sent.add(sent);
    if (this.#tasks++ > 0) return;
    this.#looked = performance.now();
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
  }

  #end(sent: SentTask): void {
    this.#sent.delete(sent);
    if (--this.#tasks > 0) return;
    clearInterval(this.#timer);
  }

  /** Looks for threads that are waited for and will never have loaded their worker, or taken up their task. */
  #look(): void {
    const now = performance.now();
    // A machine that slept, or a blocked calling thread, is not the threads' fault.
    const passed = Math.min(now - this.#looked, 2 * LOOK_MS);
    this.#looked = now;
    for (const [thread, state] of this.#known) {
      if (state.online && !state.started && !state.ended) this.#lookAtLoading(thread, state, passed);
    }
    this.#lookAtSent(passed);
  }

  #lookAtLoading(thread: Worker, state: ThreadState, passed: number): void {
    const { active } = thread.performance.eventLoopUtilization();
    state.loadingMs += passed;
    state.quietMs = active - state.activeMs > 1 ? 0 : state.quietMs + passed;
    state.activeMs = active;
    const quietMs = this.#options.startTimeoutMs ?? QUIET_START_MS;
    if (state.quietMs >= quietMs) {
      this.#fail(`nothing has happened in its thread for ${seconds(quietMs)} while it was loaded; ${REMEDY}`);
    } else if (state.loadingMs >= this.#busyMs) {
      this.#fail(`it was not loaded within ${seconds(this.#busyMs)}; ${REMEDY}`);
    }
  }

  /** Those that piscina has sent are the first; what it sends to threads that load is begun when they have. */
  #lookAtSent(passed: number): void {
    if ([...this.#known.values()].some(({ started }) => !started)) return;
    for (const task of this.#sent) if (isTaken(task.ticket)) this.#sent.delete(task);
    const atThreads = this.#sent.size - this.#piscina.queueSize;
    for (const task of [...this.#sent].slice(0, Math.max(0, atThreads))) {
      task.waitedMs += passed;
      if (task.waitedMs >= this.#busyMs && withdraw(task.ticket)) task.giveUp();
    }
  }

  /** For how long a thread may be busy with anything but a task. */
  get #busyMs(): number {
    const { startTimeoutMs, count } = this.#options;
    return startTimeoutMs ?? BUSY_START_MS * Math.max(1, count / availableParallelism());
  }

  #notTaken(): Error {
    const what = 'a module of an earlier member has left something behind that keeps it busy';
    return new Error(`it did not begin within ${seconds(this.#busyMs)}; perhaps ${what}`);
  }

  /** Waits until threads have really ended, for until then one may write to memory; @returns whether one cannot be. */
  async #endOf(threads: readonly Worker[]): Promise<boolean> {
    const blocked = await awaitEnds(threads);
    for (const thread of blocked) this.#known.delete(thread);
    return blocked.length > 0;
  }
}

const REMEDY = 'does it await at its top level what never comes? More time: createPool({ startTimeout })';

function startPiscina({ count, worker, data }: ThreadsOptions): piscina.Piscina<ThreadTask, unknown> {
  const { loaders, execArgv } = startFlags(process.execArgv);
  const { Piscina } = requireInstalled<typeof piscina>('piscina');
  return new Piscina({
    // Where it is missing, in a bundled app without tutti beside it, piscina loads the worker itself.
    filename: installedFile('dist/workers/start.cjs') ?? worker,
    minThreads: count,
    maxThreads: count,
    idleTimeout: Number.POSITIVE_INFINITY,
    // Aborting one task would kill its neighbours on the same thread.
    concurrentTasksPerWorker: 1,
    // A thread blocked in Atomics.wait would answer no release and no hook.
    atomics: 'disabled',
    // Not all of the parent's: they slow the start.
    execArgv: [...execArgv],
    workerData: { ...data, worker: urlOf(worker), loaders } satisfies ThreadData,
    recordTiming: false,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MIB },
  });
}

function startError(worker: string, reason: string, cause: unknown): TuttiError {
  const path = pathOf(worker);
  const message = `No pool thread can start: the worker ${path}: ${reason}`;
  return new TuttiError('ERR_THREAD_START', message, { worker: path }, cause);
}

function blockedError(): TuttiError {
  const message = 'its thread is blocked in the operating system and cannot be ended';
  return new TuttiError('ERR_THREAD_BLOCKED', message);
}

function pathOf(worker: string): string {
  return worker.startsWith('file:') ? fileURLToPath(worker) : worker;
}

function urlOf(worker: string): string {
  return worker.startsWith('file:') ? worker : pathToFileURL(worker).href;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}

function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}

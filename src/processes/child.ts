// A process that is started beside this one to run what may bring its process down, from its start to its end: it is
// asked and answers by messages, and can always be ended. Whatever ends this process ends it too (watch-parent.ts). It
// knows nothing of what such a process runs.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { installedProcessWorker } from '../installed.js';
import { allocateShared } from '../memory/uncounted-bytes.js';
import { type Background, type End, READY } from '../threads/background.js';
import { inTime } from '../threads/in-time.js';
import { MessagePipe } from './message-pipe.js';
import { inheritedFlags } from './process-flags.js';
import { isLastWord, MESSAGES, type Role, WATCH } from './protocol.js';
import { processStartError, requireProcesses } from './requirements.js';

const START_MS = 60_000;
/** How long a process has to end itself before it is killed: it may have files of its own to remove. */
const TERM_GRACE_MS = 1000;
/** A killed process is gone at once, unless its memory is large or the system hangs. */
const KILL_GRACE_MS = 5000;

/** A group of its own: signals of the terminal are this process's affair, and what it starts ends with it. */
const OWN_GROUP = process.platform !== 'win32';

const running = new Set<Child>();

export class Child implements Background {
  readonly what = 'process';
  /** The pipe of its watching thread. */
  readonly watch: Socket;
  readonly #process: ChildProcess;
  readonly #messages: MessagePipe;
  #onMessage: (message: unknown) => void = () => {};
  #onEnd: (end: End) => void = () => {};
  readonly #ready: Promise<boolean>;
  #settleReady: (ready: boolean) => void = () => {};
  /** How it ended, once it has. */
  #end: End | null = null;
  #thrown: string | null = null;
  /** Called, and forgotten, when it has ended. */
  #waiting: (() => void)[] = [];

  /**
   * Starts a process and waits until it is ready.
   * @param startMs milliseconds that it may take. @default 60 000
   * @param signal aborting it ends the process while it starts.
   * @throws ERR_FILE where its file is not found; ERR_THREAD_START when it cannot be started, or does not start in time.
   */
  static async start(role: Role, startMs: number | null = null, signal?: AbortSignal): Promise<Child> {
    requireProcesses();
    const child = new Child(await spawnChild(role));
    const onAbort = () => void child.end();
    signal?.addEventListener('abort', onAbort, { once: true });
    if (signal?.aborted) onAbort();
    const ready = await inTime(child.#ready, startMs ?? START_MS);
    signal?.removeEventListener('abort', onAbort);
    if (ready === true) return child;
    const end = child.#end;
    await child.end();
    throw processStartError(
      end === null ? 'it did not start in time' : `it ended as it started (${end.thrown ?? end.status})`,
    );
  }

  private constructor(child: ChildProcess) {
    this.#process = child;
    if (running.size === 0) process.on('exit', killAll);
    running.add(this);
    this.#ready = new Promise((resolve) => {
      this.#settleReady = resolve;
    });
    child.unref();
    this.watch = pipeOf(child, WATCH);
    const pipe = pipeOf(child, MESSAGES);
    this.#messages = new MessagePipe(pipe, {
      allocate: allocateShared,
      onMessage: (message) => {
        if (message === READY) this.#settleReady(true);
        else if (isLastWord(message)) this.#thrown ??= message.lastWord;
        else this.#onMessage(message);
      },
      onGarbage: (reason) => {
        this.#thrown ??= `it answered with what is no message: ${reason}`;
        this.kill();
      },
    });
    child.once('exit', (status, signal) => {
      // Whatever it has started ends with it; what it has sent may still be on its way.
      if (OWN_GROUP) this.kill();
      const how = signal === null ? `exit status ${status}` : `signal ${signal}`;
      if (pipe.destroyed) this.#finish(how);
      else pipe.once('close', () => this.#finish(how));
    });
  }

  /** Hears it from now on; it says nothing before it is asked. */
  listen(onMessage: (message: unknown) => void, onEnd: (end: End) => void): void {
    this.#onMessage = onMessage;
    this.#onEnd = onEnd;
    if (this.#end !== null) onEnd(this.#end);
  }

  post(message: unknown): void {
    void this.send(message);
  }

  /** Sends a message, as {@link MessagePipe.send} does. */
  send(message: unknown): Promise<void> {
    return this.#messages.send(message);
  }

  /** Ends it, by force when it does not end itself. */
  async end(): Promise<void> {
    if (this.#end !== null) return;
    const ended = new Promise<boolean>((resolve) => this.#waiting.push(() => resolve(true)));
    this.#signal('SIGTERM');
    if ((await inTime(ended, TERM_GRACE_MS)) === true) return;
    this.#signal('SIGKILL');
    if ((await inTime(ended, KILL_GRACE_MS)) === null) this.#finish('killed');
  }

  /** Has the system end it now. */
  kill(): void {
    this.#signal('SIGKILL');
  }

  #signal(signal: NodeJS.Signals): void {
    const { pid } = this.#process;
    try {
      if (pid !== undefined) process.kill(OWN_GROUP ? -pid : pid, signal);
    } catch {
      // Nobody is left.
    }
  }

  #finish(status: string): void {
    if (this.#end !== null) return;
    this.#end = { status, thrown: this.#thrown };
    this.watch.destroy();
    running.delete(this);
    if (running.size === 0) process.off('exit', killAll);
    this.#settleReady(false);
    this.#onEnd(this.#end);
    for (const tell of this.#waiting.splice(0)) tell();
  }
}

/** They would end by themselves, but for one that the system has stopped. */
function killAll(): void {
  for (const child of running) child.kill();
}

async function spawnChild(role: Role): Promise<ChildProcess> {
  try {
    const child = spawn(process.execPath, [...inheritedFlags(), installedProcessWorker(), role], {
      // Standard output is the program's, for its results; what a user's code says, it says on standard error.
      stdio: ['ignore', 2, 2, 'pipe', 'pipe'],
      detached: OWN_GROUP,
      windowsHide: true,
    });
    // It throws what keeps the process from being started.
    if (child.pid === undefined) await once(child, 'spawn');
    return child;
  } catch (error) {
    throw processStartError(error instanceof Error ? error.message : String(error), error);
  }
}

function pipeOf({ stdio }: ChildProcess, fd: number): Socket {
  const pipe = stdio[fd] as Socket;
  pipe.unref();
  return pipe;
}

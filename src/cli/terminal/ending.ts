// How the process ends: with its output written, its threads ended where they can be, and the status that belongs to
// it, also when a thread waits in the operating system for ever or a user's code keeps a handle open.

import { constants } from 'node:os';
import { hearSignals } from '../../files/temporary-file.js';
import { settledWithin } from '../../long-calls.js';
import { endBackground } from '../../threads/background-threads.js';
import { blockedThreads } from '../../threads/blocked-threads.js';
import { endNow } from '../../threads/end-now.js';
import { flushOutput, silenceOutput } from './terminal.js';

/** How long threads may take to end when the work is done: far more than any that can end needs on a busy machine. */
const PATIENCE_MS = 10_000;
/** The same for somebody who has asked twice. */
const HASTE_MS = 1000;

/** Threads that must not outlive the command. */
interface Threads {
  destroy(): Promise<void>;
}

const running = new Set<Threads>();

/** Has threads ended with the process, instead of waiting for them where they were made. */
export function endWithProcess<Pool extends Threads>(pool: Pool): Pool {
  running.add(pool);
  return pool;
}

/** Ends the process once all output is written. */
export async function endProcess(status: number): Promise<never> {
  process.exitCode = status;
  await flushOutput();
  return (await threadsEnd()) ? process.exit(status) : endHard(status, 'SIGKILL');
}

let hurried = false;
let graceful = false;

/** Whether a command hears signals itself now, to end in its own time. */
export function endGracefully(on: boolean): void {
  graceful = on;
}

/** Has a signal that comes while a file is written end the process with that file's remains removed. */
export function endOnSignals(): void {
  hearSignals((signal) => {
    if (!graceful) void endBySignal(signal);
  });
}

/** Ends the process because of a signal: at once, without another word, but with nothing left behind. */
export async function endBySignal(signal: NodeJS.Signals): Promise<never> {
  const status = statusOf(signal);
  silenceOutput();
  if (hurried) return endHard(status, signal);
  hurried = true;
  return (await threadsEnd(HASTE_MS)) ? process.exit(status) : endHard(status, signal);
}

/** 128 and the signal's number, as shells have it. */
export function statusOf(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}

/** Ends the threads of all commands so far; whether they ended in time. */
export async function threadsEnd(patienceMs = PATIENCE_MS): Promise<boolean> {
  // A pool that cannot end a thread gives it up, and says so.
  const pools = [...running].map((threads) => threads.destroy());
  const all = Promise.allSettled([...pools, endBackground()]);
  return (await settledWithin(patienceMs, all)) && blockedThreads() === 0;
}

/** Ends without waiting for threads. */
function endHard(status: number, signal: NodeJS.Signals): never {
  process.exitCode = status;
  process.emit('exit', status);
  endNow(status, signal);
}

// Threads that were ended and go on all the same, because they wait inside the operating system. Node.js joins its
// threads when a process exits, so such a thread would keep even process.exit() from ending it; as long as there is
// one, the process ends here without waiting for it.

import { once } from 'node:events';
import { inspect } from 'node:util';
import { isMainThread, type Worker } from 'node:worker_threads';
import { endNow } from './end-now.js';
import { inTime } from './in-time.js';

const blocked = new Set<Worker>();

/** A thread that is in JavaScript or WebAssembly ends within milliseconds; one inside the operating system may never. */
const END_GRACE_MS = 3000;

/**
 * Waits until threads that were ended have really done so, for until then one may write to memory.
 * @returns those that cannot be ended; they are given up.
 */
export async function awaitEnds(threads: readonly Worker[]): Promise<readonly Worker[]> {
  const alive = threads.filter(({ threadId }) => threadId !== -1);
  if (alive.length === 0) return [];
  await inTime(Promise.all(alive.map((thread) => once(thread, 'exit').catch(() => {}))), END_GRACE_MS);
  const left = alive.filter(({ threadId }) => threadId !== -1);
  for (const thread of left) markBlocked(thread);
  return left;
}

/** Remembers a thread that does not end, for as long as it does not. */
function markBlocked(thread: Worker): void {
  // The exit of any other thread is not the process's.
  if (isMainThread && !process.listeners('exit').includes(endAtExit)) {
    process.on('exit', endAtExit);
    process.on('uncaughtExceptionMonitor', noteUncaught);
  }
  blocked.add(thread);
  thread.unref();
  thread.once('exit', () => blocked.delete(thread));
}

/** How many threads cannot be ended now. */
export function blockedThreads(): number {
  return blocked.size;
}

/** The last listener of the exit: those after it are called first. */
function endAtExit(code: number): void {
  if (blocked.size === 0) return;
  const listeners = process.listeners('exit');
  for (const listener of listeners.slice(listeners.indexOf(endAtExit) + 1)) listener.call(process, code);
  if (uncaught !== null) process.stderr.write(`${inspect(uncaught.error)}\n\nNode.js ${process.version}\n`);
  endNow(Number(process.exitCode ?? code), 'SIGKILL');
}

/** What nobody catches, and so ends the process. Node.js says it only after the listeners of the exit: too late here. */
let uncaught: { readonly error: unknown } | null = null;

function noteUncaught(error: unknown): void {
  // A program's own handler has it then, and the process may go on.
  if (process.listenerCount('uncaughtException') > 0 || process.hasUncaughtExceptionCaptureCallback()) return;
  uncaught = { error };
}

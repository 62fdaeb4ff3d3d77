// Threads that were ended and go on all the same, because they wait inside the operating system. Node.js joins its
// threads when a process exits, so such a thread would keep even process.exit() from ending it; as long as there is
// one, the process ends here without waiting for it.

import { isMainThread, type Worker } from 'node:worker_threads';
import { endNow } from './end-now.js';

const blocked = new Set<Worker>();

/** Remembers a thread that does not end, for as long as it does not. */
export function markBlocked(thread: Worker): void {
  // The exit of any other thread is not the process's.
  if (isMainThread && !process.listeners('exit').includes(endAtExit)) process.on('exit', endAtExit);
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
  endNow(Number(process.exitCode ?? code), 'SIGKILL');
}

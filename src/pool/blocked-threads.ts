// Threads that were ended and go on all the same, because they wait inside the operating system. Node.js joins its
// threads when a process exits, so such a thread keeps even process.exit() from ending it.

import type { Worker } from 'node:worker_threads';

const blocked = new Set<Worker>();

/** Remembers a thread that does not end, for as long as it does not. */
export function markBlocked(thread: Worker): void {
  blocked.add(thread);
  thread.unref();
  thread.once('exit', () => blocked.delete(thread));
}

/** How many threads cannot be ended now. */
export function blockedThreads(): number {
  return blocked.size;
}

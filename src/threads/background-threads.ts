// Threads beside the pool's, which run the user's code for the thread that waits for it: they keep no process alive, and
// end before it does. It knows nothing of what they run.

import { Worker } from 'node:worker_threads';
import { awaitEnds } from './blocked-threads.js';
import { type Loader, startFlags } from './loaders.js';

const running = new Set<Worker>();

/** What such a thread is started with. */
export interface BackgroundData {
  /** To be loaded before a module of the user's. */
  readonly loaders: readonly Loader[];
}

/**
 * Starts a thread.
 * @param file an absolute path.
 * @param onMessage gets what it sends. Listening for messages later would have the thread keep the process.
 * @throws whatever Node.js throws where threads may not be started.
 */
export function startBackground(file: string, onMessage: (message: unknown) => void): Worker {
  const { loaders, execArgv } = startFlags(process.execArgv);
  const workerData: BackgroundData = { loaders };
  const thread = new Worker(file, { execArgv: [...execArgv], workerData });
  thread.on('message', onMessage);
  thread.unref();
  // Without a listener, what a thread throws would end the process.
  thread.on('error', () => {});
  running.add(thread);
  thread.once('exit', () => running.delete(thread));
  return thread;
}

/** Ends threads; one that waits in the operating system is given up. @default all of them */
export async function endBackground(threads: readonly Worker[] = [...running]): Promise<void> {
  for (const thread of threads) void thread.terminate();
  await awaitEnds(threads);
}

// A lock by which processes of one host fetch a blob once. It saves work and nothing depends on it: whoever waits too long, or
// cannot make it, goes on without.

import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { isProcess } from '../files/temporary-file.js';

const LOOK_MS = 25;
/** A blob of 8 MiB at 140 kB a second; the holder may be in a container, where its process cannot be seen. */
const WAIT_MS = 60_000;

export class FetchLock {
  readonly #path: string | null;

  private constructor(path: string | null) {
    this.#path = path;
  }

  /** Waits until nobody has the lock, or its holder is gone or takes too long. */
  static async take(path: string): Promise<FetchLock> {
    const until = performance.now() + WAIT_MS;
    for (;;) {
      try {
        await writeFile(path, String(process.pid), { flag: 'wx' });
        return new FetchLock(path);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return new FetchLock(null);
      }
      if (await isLeft(path)) await rm(path, { force: true }).catch(() => undefined);
      else if (performance.now() > until) return new FetchLock(null);
      else await pause(LOOK_MS);
    }
  }

  async release(): Promise<void> {
    if (this.#path !== null) await rm(this.#path, { force: true }).catch(() => undefined);
  }
}

/** Whether the process that made a lock is gone. */
async function isLeft(path: string): Promise<boolean> {
  const at = await stat(path).catch(() => null);
  if (at === null) return false;
  if (Date.now() - at.mtimeMs > WAIT_MS) return true;
  const pid = Number(await readFile(path, 'utf8').catch(() => ''));
  // One that was just made has no number in it yet.
  return pid > 0 && !isProcess(pid);
}

// A pause that ends early, and never fails, where whoever waits has something else to do.

import { setTimeout as wait } from 'node:timers/promises';

/** Resolves after a while, or as soon as the signal is aborted. */
export async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  await wait(ms, undefined, { signal }).catch(() => undefined);
}

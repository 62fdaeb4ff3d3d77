// What nobody has used for long is removed from a store: inputs of trainings that are over, and what killed processes left.

import type { LongCallOptions } from '../long-calls.js';
import type { BlobStore } from './blob-store.js';
import { hasForms } from './raw-store.js';

export interface SweepOptions extends LongCallOptions {
  /** What was stored, and found there by who would have stored it, only longer ago than this is removed, in milliseconds. */
  readonly olderThanMs: number;
}

/**
 * Removes what is old. In a folder that is by the clock of the machine that has it, so that hosts may disagree.
 * @returns how many blobs; null where that is the business of whoever keeps the store, as over HTTP.
 * @throws ERR_STORE
 */
export async function sweepStore(
  store: BlobStore,
  { olderThanMs, signal }: SweepOptions,
): Promise<number | null> {
  if (!hasForms(store) || store.raw.removeOlder === undefined) return null;
  return store.raw.removeOlder(olderThanMs, signal);
}

// What may take long takes a signal, and gives the event loop its turn between blocks of its work: never per row, which
// would cost more than the row. Aborted, it rejects with the signal's reason and leaves nothing behind.

import { setImmediate } from 'node:timers/promises';
import { type OptionTable, option } from './option-names.js';

/** What every function takes that may take long. */
export interface LongCallOptions {
  /** Stops the call, which then rejects with the signal's reason, between two blocks of its work. */
  readonly signal?: AbortSignal;
}

/** What the options must be; see src/option-names.ts. */
export const LONG_CALL_OPTIONS = { signal: option.signal } satisfies OptionTable<LongCallOptions>;

/** What a promise gives, or the signal's reason once it is aborted, or if it is already: for what cannot be stopped itself. */
export async function unlessAborted<Value>(
  promise: Promise<Value>,
  signal: AbortSignal | undefined,
): Promise<Value> {
  let stop = () => {};
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(signal?.reason);
    if (signal?.aborted) stop();
    signal?.addEventListener('abort', stop, { once: true });
  });
  return Promise.race([promise, stopped]).finally(() => signal?.removeEventListener('abort', stop));
}

/** Between two blocks of work: lets timers and signals have their turn. @throws the signal's reason once it is aborted. */
export async function betweenBlocks(signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  await setImmediate();
  signal?.throwIfAborted();
}

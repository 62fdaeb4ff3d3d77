// What may take long takes a signal, and gives the event loop its turn between blocks of its work: never per row, which
// would cost more than the row. Aborted, it rejects with the signal's reason and leaves nothing behind.

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

/** Waits until a promise is settled, but no longer than that. @returns whether it is. */
export function settledWithin(milliseconds: number, promise: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve) => {
    const late = setTimeout(() => resolve(false), milliseconds);
    const inTime = () => {
      clearTimeout(late);
      resolve(true);
    };
    promise.then(inTime, inTime);
  });
}

/** Does something for each place below `count`, so many at once; the first that fails keeps others from beginning. */
export async function fewAtOnce(
  count: number,
  atOnce: number,
  act: (place: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < count) {
      try {
        await act(next++);
      } catch (error) {
        next = count;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, lane));
}

/** Between two blocks of work: lets timers and signals have their turn. @throws the signal's reason once it is aborted. */
export async function betweenBlocks(signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  await turn();
  signal?.throwIfAborted();
}

const channel = typeof setImmediate === 'function' ? null : new MessageChannel();

/** The event loop's turn. Browsers hold timers up for four milliseconds, and messages for none. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    if (channel === null) {
      setImmediate(resolve);
      return;
    }
    channel.port1.addEventListener('message', () => resolve(), { once: true });
    channel.port1.start();
    channel.port2.postMessage(null);
  });
}

/** A timer that keeps no process alive; those of browsers, which are numbers, never do. */
export function inBackground<Timer>(timer: Timer): Timer {
  (timer as { unref?(): unknown }).unref?.();
  return timer;
}

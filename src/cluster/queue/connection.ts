// Whether a server can be reached, as it is now: told once when it is lost and once when it is there again. Calls are
// repeated until they are answered, since a connection that is lost is tried for ever.

import { setTimeout as wait } from 'node:timers/promises';
import { settledWithin } from '../../long-calls.js';
import { type QueueServer, queueError, reasonOf } from './queue-server.js';
import type { ConnectionEvents } from './task-queue.js';

/** How often a connection is tried while nothing else is said, and while it is lost. */
const BEAT_MS = 2000;
const LOST_BEAT_MS = 300;
/** After so long without an answer it is lost. */
const NO_ANSWER_MS = 8000;
/** How long the end of a connection may take. */
const CLOSING_MS = 1000;
/** First and longest pause before a call is repeated. */
const PAUSES_MS = [50, 2000] as const;

export interface Connection {
  /** What the server's clock is ahead of this host's, in milliseconds: hosts' clocks may be wrong. */
  readonly aheadMs: number;
  /** Something did not work: it is tried at once whether the server can be reached. */
  suspect(error: unknown): void;
  /**
   * The answer of a call, which is repeated until there is one. What is asked twice must do no harm.
   * @param isAnswer what of its errors are answers: those are thrown.
   * @throws ERR_QUEUE when the connection is closed meanwhile.
   */
  answer<T>(call: () => Promise<T>, isAnswer?: (error: unknown) => boolean): Promise<T>;
  readonly isClosed: boolean;
  close(): Promise<void>;
}

/** Watches a server that was reached. */
export async function watchConnection(
  server: QueueServer,
  events: Partial<ConnectionEvents>,
): Promise<Connection> {
  let isLost = false;
  let isClosed = false;
  let aheadMs = 0;
  let wake = new AbortController();
  let failure: unknown = null;
  let endCalls: (error: unknown) => void = () => {};
  const closed = new Promise<never>((_, reject) => {
    endCalls = reject;
  });
  closed.catch(() => {});

  function lost(error: unknown): void {
    if (isLost || isClosed) return;
    isLost = true;
    events.disconnected?.(reasonOf(error));
  }

  async function beat(): Promise<void> {
    const begun = Date.now();
    const late = new AbortController();
    const noAnswer = wait(NO_ANSWER_MS, undefined, { signal: late.signal, ref: false }).then(() => {
      throw new Error(`no answer within ${NO_ANSWER_MS / 1000} s`);
    });
    noAnswer.catch(() => {});
    try {
      const now = await Promise.race([server.clock(), noAnswer]);
      aheadMs = now - (begun + Date.now()) / 2;
    } finally {
      late.abort();
    }
  }

  async function watch(): Promise<void> {
    while (!isClosed) {
      await wait(isLost ? LOST_BEAT_MS : BEAT_MS, undefined, { signal: wake.signal, ref: false }).catch(
        () => {},
      );
      wake = new AbortController();
      if (isClosed) return;
      try {
        await beat();
        if (isLost && !isClosed) {
          isLost = false;
          events.reconnected?.();
        }
      } catch (error) {
        lost(failure ?? error);
      }
      failure = null;
    }
  }

  function suspect(error: unknown): void {
    failure = error;
    wake.abort();
  }

  async function answer<T>(call: () => Promise<T>, isAnswer = (_: unknown) => false): Promise<T> {
    for (let pause: number = PAUSES_MS[0]; ; pause = Math.min(2 * pause, PAUSES_MS[1])) {
      if (isClosed) throw queueError(server.address, 'was closed');
      try {
        // A driver may keep a call for ever whose connection is closed.
        return await Promise.race([call(), closed]);
      } catch (error) {
        if (isClosed || isAnswer(error)) throw isClosed ? queueError(server.address, 'was closed') : error;
        suspect(error);
        await wait(pause);
      }
    }
  }

  server.onBroken = (error) => {
    lost(error);
    suspect(error);
  };
  await beat();
  void watch();
  return {
    get aheadMs() {
      return aheadMs;
    },
    get isClosed() {
      return isClosed;
    },
    suspect,
    answer,
    async close() {
      if (isClosed) return;
      isClosed = true;
      endCalls(queueError(server.address, 'was closed'));
      wake.abort();
      // Of a server that does not answer there is nothing to wait for.
      await settledWithin(CLOSING_MS, server.close());
    },
  };
}

// What a server of queues is to the rest of this folder, whichever it is, and the errors of one.

import { TuttiError } from '../../errors.js';
import { shortened, visible } from '../../plain-text.js';
import type { QueueAddress } from './queue-address.js';

/** What BullMQ connects for: a stream of events is waited at, so that nothing else can go over its connection. */
export type ConnectionPurpose = 'tasks' | 'events';

/** A server that was reached. */
export interface QueueServer {
  readonly address: QueueAddress;
  /** The `connection` option of BullMQ for it. */
  connection(purpose: ConnectionPurpose): object;
  /** Milliseconds since 1970 by the server's clock. Rejects, or does not settle, while it cannot be reached. */
  clock(): Promise<number>;
  /**
   * Gives tasks whose locks have run out back to the queue; null where BullMQ does it by itself, by the clock of the server.
   * @param everyMs not more often than that, whoever asks.
   */
  readonly sweep: ((mostLosses: number, everyMs: number) => Promise<void>) | null;
  /** How long events are waited for before they are looked for again, in milliseconds. */
  readonly eventWaitMs: number;
  /** Told whenever its connection breaks. */
  onBroken: (error: unknown) => void;
  close(): Promise<void>;
}

export interface Reaching {
  readonly address: QueueAddress;
  /** PEM of the authorities that count; null: those of Node.js. */
  readonly authorities: string | null;
  warn(warning: string): void;
}

/** Longest reason of a server that is repeated. */
const MOST_REASON = 200;

/** What a driver or a server says of itself, on one line. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  const text =
    error instanceof Error ? error.message || ((error as NodeJS.ErrnoException).code ?? error.name) : error;
  return visible(shortened(String(text).replace(/\s+/g, ' ').trim(), MOST_REASON));
}

/** `The queue at redis://host:6379 cannot be reached: …`; the driver's own error may have a password in it and is left. */
export function queueError({ shown }: Pick<QueueAddress, 'shown'>, problem: string): TuttiError {
  return new TuttiError('ERR_QUEUE', `The queue at ${shown} ${problem}`, { queue: shown });
}

/**
 * Why a server cannot be used: an error that says so already, or what a driver threw.
 * @param cause what the driver says of it where it throws nothing of worth.
 */
export function unusable(address: QueueAddress, error: unknown, cause: unknown = error): TuttiError {
  if (error instanceof TuttiError && error.code === 'ERR_QUEUE') return error;
  return queueError(address, `cannot be used: ${reasonOf(cause)}`);
}

/** The error of a peer that is not installed, or cannot be loaded. */
export function missingPeer(address: QueueAddress, error: unknown): TuttiError {
  const peers = address.kind === 'redis' ? 'bullmq ioredis' : 'bullmq pg';
  const message = `The queue at ${address.shown} needs packages: npm install ${peers} (${reasonOf(error)})`;
  return new TuttiError('ERR_ENGINE_MISSING', message, { package: peers }, error);
}

// What is set of a queue, each value on purpose: docs/reference/queues.md has the reasons.

import { failOption } from '../../errors.js';
import { MAX_CONFIG_BYTES, readBoundedFile } from '../../files/regular-file.js';
import { checkOptions, type OptionTable, option } from '../../option-names.js';
import type { QueueAddress } from './queue-address.js';

export interface QueueOptions {
  /** A PEM file of authorities: the server's certificate must be signed by one of them. @default those of Node.js */
  readonly ca?: string;
  /**
   * Seconds after which a host that says nothing is taken for lost, so that its tasks go to others; a host that is slow or cut
   * off for less keeps its tasks.
   * @default 30
   */
  readonly lockSeconds?: number;
  /** Of a receiver: what the server calls it. */
  readonly name?: string;
  /** Told what of the server is not as it should be, a line each, once; work goes on. */
  readonly onWarning?: (warning: string) => void;
  readonly signal?: AbortSignal;
}

export const QUEUE_OPTIONS = {
  ca: option.text,
  lockSeconds: option.number('a number from 1 to 3600', (seconds) => seconds >= 1 && seconds <= 3600),
  name: option.text,
  onWarning: option.function,
  signal: option.signal,
} satisfies OptionTable<QueueOptions>;

export const DEFAULT_LOCK_SECONDS = 30;

/** Losses of hosts that a task survives: the next one fails it, since what kills four hosts would kill the fifth. */
export const MOST_LOSSES = 3;

/** What has ended is kept for a week, for a coordinator that is resumed later; in seconds. */
export const KEPT_SECONDS = 7 * 24 * 3600;

/** Of the stream of events: who misses more asks for states instead. */
export const MOST_EVENTS = 10_000;

/** A receiver without work waits so long for a sign of some before it looks by itself, in seconds. */
export const WAIT_SECONDS = 5;

/** A connection that owes an answer for so long is given up and made anew, in milliseconds; longer than any wait. */
export const SILENCE_MS = 20_000;

/** A server must be reached within so many milliseconds when a connection begins. */
export const REACH_MS = 8000;

/** What all of tutti's is called by in Redis (braces keep it together in a cluster), and the schema in PostgreSQL. */
export const PREFIX = '{tutti}';
export const SCHEMA = 'tutti';
/** Tasks; and what a sender tells all receivers. */
export const TASKS = 'tutti-tasks';
export const CONTROL = 'tutti-control';

/** A task that lost its hosts too often fails with these words of BullMQ's. */
export const LOST_REASON = 'job stalled more than allowable limit';
/** The words of hosts begin so, that none of them can pass for a loss. */
export const TOLD = 'told: ';

/** @throws ERR_OPTION, ERR_FILE when the file of authorities cannot be read. */
export function readQueueOptions(address: QueueAddress, options: QueueOptions) {
  checkOptions('connect to a queue', options, QUEUE_OPTIONS);
  const { ca, lockSeconds = DEFAULT_LOCK_SECONDS } = options;
  if (ca !== undefined && address.kind === 'redis' && !address.secure) {
    failOption('ca', 'given with a rediss:// address, since redis:// is without TLS', ca);
  }
  const authorities = ca === undefined ? null : readBoundedFile(ca, { maxBytes: MAX_CONFIG_BYTES });
  return { authorities: authorities?.toString('utf8') ?? null, lockMs: lockSeconds * 1000 };
}

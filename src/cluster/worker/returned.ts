// A task that goes back to the queue unfinished: why, and when another host may have it.

import { TuttiError } from '../../errors.js';

/**
 * `stopped` by its coordinator; `drained` because this host ends; `lost`: this host does not have it any more; `full`: no
 * thread was free for it; `busy`: others have the memory here; `store`: it cannot be reached.
 */
export type WhyReturned = 'stopped' | 'drained' | 'lost' | 'full' | 'busy' | 'store';

/** Who ended it. */
export type WhyEnded = Extract<WhyReturned, 'stopped' | 'drained'>;

const DELAYS_MS: Readonly<Record<WhyReturned, number>> = {
  drained: 0,
  lost: 0,
  full: 0,
  // Whoever stopped it takes it out of the queue by then.
  stopped: 5000,
  busy: 1000,
  store: 3000,
};

export class Returned extends Error {
  readonly why: WhyReturned;
  /** From which another host goes on; null where it begins as it was asked. */
  readonly epoch: number | null;

  constructor(why: WhyReturned, epoch: number | null = null) {
    super(`the task is returned (${why})`);
    this.why = why;
    this.epoch = epoch;
  }
}

/** How an error means that a task is returned; null where it means that this host refuses it. */
export function returnOf(error: unknown, lost: AbortSignal): Returned | null {
  if (lost.aborted) return new Returned('lost');
  if (error instanceof Returned) return error;
  if (!(error instanceof TuttiError)) return null;
  if (error.code === 'ERR_CANCELLED') return new Returned('drained');
  return error.code === 'ERR_STORE' ? new Returned('store') : null;
}

export function delayOf(why: WhyReturned): number {
  return DELAYS_MS[why];
}

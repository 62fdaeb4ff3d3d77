// How often members in training are kept: said by whoever asks for a training, heeded by whoever runs its members, here or on
// another host.

/** How often members in training are kept, at the end of an epoch: never more often than takes a hundredth of the time. */
export interface CheckpointPace {
  /** Every so many epochs; excludes `seconds`. */
  readonly epochs?: number | undefined;
  /** Every so many seconds, at the end of an epoch. @default 10, unless `epochs` is given */
  readonly seconds?: number | undefined;
}

const DEFAULT_SECONDS = 10;

/** Training goes on for so many times as long as the state before took to be kept. */
export const REST_SHARE = 100;
/** No longer than this, because a disk or a store that is slow once costs no time of a thread. */
const MOST_REST_MS = 60_000;

/**
 * When the next state may be taken, should it not depend on the epoch; of `performance.now()`, as all times here.
 * @param lastMs when the last was taken. @param restsUntilMs before then none is.
 */
export function stateDueMs(
  { epochs, seconds = DEFAULT_SECONDS }: CheckpointPace,
  lastMs: number,
  restsUntilMs: number,
): number {
  return Math.max(restsUntilMs, epochs === undefined ? lastMs + 1000 * seconds : 0);
}

/** Until when no other state is taken, once one is kept. @param takenMs when it was taken. */
export function restsUntilMs(takenMs: number): number {
  const now = performance.now();
  return now + Math.min(MOST_REST_MS, REST_SHARE * (now - takenMs));
}

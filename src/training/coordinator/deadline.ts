// Watches how long a job has been in hand. Time spent waiting for a thread does not count: the clock is put back
// until a thread has taken the job up, and when another one does after that was lost.

/** How often the clock is looked at, and so how exact it is. */
const LOOK_MS = 50;

export interface DeadlineWatch {
  /** Milliseconds the job has been in hand. */
  readonly elapsedMs: number;
  /** Whether it was longer than allowed while it was watched. */
  readonly passed: boolean;
  stop(): void;
}

/**
 * Calls `onPassed` once when a job has been in hand for longer than `allowedMs`, which may be infinite.
 * @param takings how often it was taken up so far.
 * It needs the event loop to turn: a job that blocks the calling thread cannot be watched from there.
 */
export function watchDeadline(takings: () => number, allowedMs: number, onPassed: () => void): DeadlineWatch {
  let since = performance.now();
  let taken = 0;
  let passed = false;
  const elapsed = () => performance.now() - since;
  const look = () => {
    const now = takings();
    if (now > taken || taken === 0) since = performance.now();
    taken = Math.max(taken, now);
    if (elapsed() <= allowedMs) return;
    passed = true;
    clearInterval(timer);
    onPassed();
  };
  const timer =
    allowedMs === Number.POSITIVE_INFINITY ? undefined : setInterval(look, Math.min(LOOK_MS, allowedMs));
  return {
    get elapsedMs() {
      return elapsed();
    },
    get passed() {
      return passed;
    },
    stop: () => clearInterval(timer),
  };
}

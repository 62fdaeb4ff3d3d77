// How many epochs end per second, over the last few.

const WINDOW_MS = 5000;

export class EpochRate {
  readonly #now: () => number;
  readonly #counts: { readonly atMs: number; readonly count: number }[] = [];
  readonly #startedMs: number;

  constructor(now: () => number) {
    this.#now = now;
    this.#startedMs = now();
  }

  add(count: number): void {
    this.#counts.push({ atMs: this.#now(), count });
    this.#forget();
  }

  /** Null before there are any. */
  get perSecond(): number | null {
    this.#forget();
    const sum = this.#counts.reduce((total, { count }) => total + count, 0);
    const window = Math.min(WINDOW_MS, this.#now() - this.#startedMs);
    return sum === 0 || window <= 0 ? null : (1000 * sum) / window;
  }

  #forget(): void {
    const since = this.#now() - WINDOW_MS;
    while (this.#counts.length > 0 && this.#counts[0]!.atMs < since) this.#counts.shift();
  }
}

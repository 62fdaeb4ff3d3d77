// How long something is left alone that did not work: longer each time, until it works again.

export class GrowingRest {
  readonly #leastMs: number;
  readonly #mostMs: number;
  #nextMs: number;

  constructor(leastMs: number, mostMs: number) {
    this.#leastMs = leastMs;
    this.#mostMs = mostMs;
    this.#nextMs = leastMs;
  }

  /** It did not work: for so many milliseconds. */
  next(): number {
    const ms = this.#nextMs;
    this.#nextMs = Math.min(this.#mostMs, 2 * ms);
    return ms;
  }

  /** It worked. */
  reset(): void {
    this.#nextMs = this.#leastMs;
  }
}

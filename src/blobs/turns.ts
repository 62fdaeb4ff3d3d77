// So many at once, the others in the order in which they came.

export class Turns {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  /** @param most at once. */
  constructor(most: number) {
    this.#free = most;
  }

  async take<Result>(act: () => Promise<Result>): Promise<Result> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await act();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next();
    }
  }
}

// Random decisions of the fuzzers: the same on every host for the same seed and round.

import { RandomStream, streamKey } from '../../../src/math/random.js';

export class Draws {
  readonly #stream: RandomStream;

  constructor(seed: number, round: number) {
    this.#stream = new RandomStream(streamKey(seed, 'noise', round));
  }

  /** An integer in [0, n). */
  below(n: number): number {
    return this.#stream.below(n);
  }

  /** True once in n. */
  oneIn(n: number): boolean {
    return this.below(n) === 0;
  }

  of<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }

  /** A small number mostly, and now and then one up to `most`. */
  count(most: number): number {
    return this.below(1 + this.below(1 + this.below(1 + most)));
  }
}

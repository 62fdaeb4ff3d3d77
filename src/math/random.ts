// Keyed, counter-based random streams: every random decision of tutti is read from one of these.
// A stream is named by (seed, purpose, member, epoch, step), never by who asks first, so results do not
// depend on threads or order, and turning one source off leaves the others unchanged.
// The SIMD kernels implement the same streams, `below` and shuffle, bit for bit: change both or neither.

import { TuttiError } from '../errors.js';
import { cos, log } from './functions.js';
import { threefry2x32 } from './threefry.js';

/** What a stream is for. The numbers are part of every saved ensemble's meaning: never reuse or renumber. */
export const PURPOSES = {
  split: 1,
  validation: 2,
  resample: 3,
  subspace: 4,
  init: 5,
  order: 6,
  masks: 7,
  noise: 8,
  outOfBagHalf: 9,
  bootstrapInterval: 10,
  subset: 11,
  reseed: 12,
  permutation: 13,
  explainedRows: 14,
  folds: 15,
  conformal: 16,
  baselineRows: 17,
  calibration: 18,
  distillation: 19,
  search: 20,
  mixup: 21,
  swag: 22,
} as const;

export type Purpose = keyof typeof PURPOSES;

/** The 64-bit key of a stream as two u32 words. */
export type StreamKey = readonly [k0: number, k1: number];

const TWO_POW_32 = 4294967296;
const TWO_POW_MINUS_32 = 1 / TWO_POW_32;

/**
 * The key of the stream for one purpose of one member, epoch and step.
 *
 * k = (seed mod 2³², ⌊seed / 2³²⌋); k = threefry(k, (purpose, member)); k = threefry(k, (epoch, step)).
 *
 * @param seed integer in [0, 2⁵³)
 * @param member,epoch,step integers in [0, 2³²); 0 where a purpose has no use for them
 * @throws ERR_OPTION when the seed is not such an integer
 */
export function streamKey(seed: number, purpose: Purpose, member = 0, epoch = 0, step = 0): StreamKey {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    const expected = 'Expected `seed` to be an integer from 0 to 9007199254740991';
    throw new TuttiError('ERR_OPTION', `${expected}, got ${String(seed)}`, { option: 'seed' });
  }
  const words = new Uint32Array(2);
  threefry2x32(seed % TWO_POW_32, Math.floor(seed / TWO_POW_32), PURPOSES[purpose], member, words);
  threefry2x32(words[0]!, words[1]!, epoch, step, words);
  return [words[0]!, words[1]!];
}

/** A sequence of u32 words: block c = threefry(key, (c, 0)) holds words 2c and 2c + 1. */
export class RandomStream {
  readonly #k0: number;
  readonly #k1: number;
  readonly #block = new Uint32Array(2);
  #next = 0;

  constructor(key: StreamKey) {
    [this.#k0, this.#k1] = key;
  }

  /** The next word, an integer in [0, 2³²). A stream has 2³³ words. */
  uint32(): number {
    const word = this.#next++;
    if (word % 2 === 0) threefry2x32(this.#k0, this.#k1, word / 2, 0, this.#block);
    return this.#block[word % 2]!;
  }

  /**
   * An integer in [0, n) from one word: ⌊word · n / 2³²⌋, exact for 1 ≤ n ≤ 2³².
   * Not rejection-sampled, so that every draw costs one word; each probability is off by less than 2⁻³²,
   * a relative bias below n / 2³² (2·10⁻⁵ for 100 000 rows).
   */
  below(n: number): number {
    const word = this.uint32();
    // word · n can exceed 2⁵³; split so that every intermediate is an exact integer.
    const low = Math.floor(((word & 0xffff) * n) / 65536);
    return Math.floor(((word >>> 16) * n + low) / 65536);
  }

  /** A multiple of 2⁻³² in [0, 1), from one word. */
  uniform(): number {
    return this.uint32() * TWO_POW_MINUS_32;
  }

  /**
   * A standard normal deviate from two words (Box and Muller 1958, the cosine half): |value| < 6.67.
   * Uses the deterministic log and cos of functions.ts, so it is the same on every engine and host.
   */
  normal(): number {
    const radius = Math.sqrt(-2 * log((this.uint32() + 1) * TWO_POW_MINUS_32));
    return radius * cos(2 * Math.PI * this.uniform());
  }
}

/**
 * Shuffles in place: for i = n − 1 … 1 swaps elements i and j = below(i + 1), one word each.
 *
 * **Source:** Durstenfeld, "Algorithm 235: random permutation", CACM 1964.
 */
export function shuffleInPlace(indices: Uint32Array | Int32Array | number[], stream: RandomStream): void {
  for (let i = indices.length - 1; i > 0; i--) {
    const j = stream.below(i + 1);
    const held = indices[i]!;
    indices[i] = indices[j]!;
    indices[j] = held;
  }
}

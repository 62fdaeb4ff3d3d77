// The memory that a random call is made in: what its arguments point at, filled with numbers of which some are hard. Not a
// test itself.

import { roundUp4 } from '../../../src/kernels/weight-layout.js';

/** Where the program lies that is run. */
export const PROGRAM = 1024;
/** Where the arguments of its calls begin. */
const START = 2048;
/** Behind everything that a call was given: nothing of it may change. */
export const GUARD_BYTES = 512;

const HARD = [
  ...[0, -0, 1, -1, 4, -4, 0.625, 88, -88, 27.7, -27.8, 89, -87.4, 1e15, -1e15],
  ...[2 ** -149, -(2 ** -140), 2 ** -126, 3e-23, -2e-23],
];
const POISON = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 3e38, -3e38, 1e-40];

/** A range of bytes. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Panels of one stride. */
export interface Panels {
  readonly stride: number;
  readonly panels: number;
  readonly rows: number;
}

export class Space {
  readonly buffer: SharedArrayBuffer;
  readonly floats: Float32Array;
  readonly words: Uint32Array;
  readonly bytes: Uint8Array;
  /** What a call may leave behind anything in. */
  readonly scratches: Range[] = [];
  /** What holds numbers, of which any NaN is as good as any other. */
  readonly numbers: Range[] = [];
  #top = START;
  #state: number;
  /** Whether some of the numbers are not finite. */
  readonly poisoned: boolean;
  readonly #scale: number;

  /** @param seed From 1. */
  constructor(buffer: SharedArrayBuffer, seed: number) {
    this.buffer = buffer;
    this.floats = new Float32Array(buffer);
    this.words = new Uint32Array(buffer);
    this.bytes = new Uint8Array(buffer).fill(0xa5);
    this.#state = Math.imul(seed, 2654435761) >>> 0 || 1;
    this.poisoned = this.chance(0.2);
    this.#scale = this.pick(1, 1, 8, 100);
  }

  /** Bytes in use, with a guard behind them. */
  get used(): number {
    return this.#top + GUARD_BYTES;
  }

  /** In [0, 1). */
  random(): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) / 2 ** 32;
  }

  chance(share: number): boolean {
    return this.random() < share;
  }

  /** An integer in [low, high]. */
  between(low: number, high: number): number {
    return low + Math.floor(this.random() * (high - low + 1));
  }

  /** In [1, limit], small ones as often as large ones. */
  upTo(limit: number): number {
    return Math.floor(limit ** this.random());
  }

  pick<T>(...choices: readonly T[]): T {
    return choices[this.between(0, choices.length - 1)]!;
  }

  key(): number {
    return Math.floor(this.random() * 2 ** 32);
  }

  slope(): number {
    return this.pick(0, 1, 0.01);
  }

  number(): number {
    if (this.chance(1 / 16)) return this.pick(...HARD);
    if (this.poisoned && this.chance(1 / 32)) return this.pick(...POISON);
    return (this.random() * 2 - 1) * this.#scale;
  }

  /** Room for as many bytes, at a multiple of 16 but not always of 32. */
  room(bytes: number): number {
    const start = this.#top + (this.chance(0.5) ? 16 : 0);
    this.#top = Math.ceil((start + bytes) / 16) * 16;
    if (this.used > this.buffer.byteLength) throw new RangeError(`A call needs ${this.used} bytes`);
    return start;
  }

  scratch(bytes: number): number {
    const start = this.room(bytes);
    this.scratches.push({ start, end: start + bytes });
    return start;
  }

  put(count: number, draw = () => this.number()): number {
    const start = this.room(count * 4);
    for (let i = 0; i < count; i++) this.floats[start / 4 + i] = draw();
    this.numbers.push({ start, end: start + count * 4 });
    return start;
  }

  putIntegers(count: number, low: number, high: number): number {
    const start = this.room(count * 4);
    for (let i = 0; i < count; i++) this.words[start / 4 + i] = this.between(low, high);
    return start;
  }

  /** Panels of so many rows, not always close to each other. */
  shape(rows: number, panels: number): Panels {
    const spare = this.chance(0.3) ? this.between(1, 3) * 128 : 0;
    return { rows, panels, stride: roundUp4(rows) * 32 + spare };
  }

  /** Panels full of numbers, padding rows and what lies between panels too. */
  putPanels({ stride, panels }: Panels): number {
    return this.put((stride * panels) / 4);
  }

  /** As {@link putPanels}, padding rows zero. */
  putPadded({ rows, stride, panels }: Panels): number {
    const start = this.putPanels({ rows, stride, panels });
    for (let p = 0; p < panels; p++) {
      const panel = (start + p * stride) / 4;
      this.floats.fill(0, panel + rows * 8, panel + roundUp4(rows) * 8);
    }
    return start;
  }

  /** Row weights of whole octets, some 0. */
  putRowWeights(panels: number): number {
    return this.put(panels * 8, () => (this.chance(0.2) ? 0 : this.number()));
  }
}

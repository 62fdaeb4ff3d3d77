// SHA-256: Node.js's where there is one, else our own, which gives the same a few times slower. Browsers have one too, but only
// where a page was served safely, and only for bytes that are all there.
//
// **Source:** FIPS 180-4, sections 4.1.2, 5 and 6.2.

import { nodeBuiltin } from '../node-builtins.js';

/** A hash that is made piece by piece; texts count as UTF-8. */
export interface Sha256 {
  update(piece: Uint8Array | string): Sha256;
  copy(): Sha256;
  digest(): Uint8Array;
  digest(form: 'hex'): string;
}

export function createSha256(): Sha256 {
  return nodeBuiltin('node:crypto')?.createHash('sha256') ?? createOwnSha256();
}

const BLOCK_BYTES = 64;
const ROUNDS = 64;

/** The first 32 bits of the fractional parts of a root of the first primes: of their square roots, or cube roots. */
function rootsOfPrimes(count: number, root: (prime: number) => number): Uint32Array {
  const roots = new Uint32Array(count);
  const primes: number[] = [];
  for (let candidate = 2; primes.length < count; candidate++) {
    if (primes.every((prime) => candidate % prime !== 0)) primes.push(candidate);
  }
  primes.forEach((prime, at) => {
    roots[at] = (root(prime) % 1) * 2 ** 32;
  });
  return roots;
}

// Both are rounded to nearest, and hold 50 bits and more of a fraction of which 32 are taken.
const START = rootsOfPrimes(8, Math.sqrt);
const CONSTANTS = rootsOfPrimes(ROUNDS, Math.cbrt);

/** Our own, whatever there is. */
export function createOwnSha256(): Sha256 {
  return new OwnSha256();
}

class OwnSha256 implements Sha256 {
  readonly #state = START.slice();
  readonly #block = new Uint8Array(BLOCK_BYTES);
  readonly #schedule = new Uint32Array(ROUNDS);
  #filled = 0;
  #length = 0;

  update(piece: Uint8Array | string): this {
    const bytes = typeof piece === 'string' ? new TextEncoder().encode(piece) : piece;
    this.#length += bytes.length;
    let at = 0;
    while (at < bytes.length) {
      const taken = Math.min(BLOCK_BYTES - this.#filled, bytes.length - at);
      this.#block.set(bytes.subarray(at, at + taken), this.#filled);
      this.#filled += taken;
      at += taken;
      if (this.#filled === BLOCK_BYTES) this.#compress();
    }
    return this;
  }

  copy(): OwnSha256 {
    const other = new OwnSha256();
    other.#state.set(this.#state);
    other.#block.set(this.#block);
    other.#filled = this.#filled;
    other.#length = this.#length;
    return other;
  }

  digest(): Uint8Array;
  digest(form: 'hex'): string;
  digest(form?: 'hex'): Uint8Array | string {
    const bits = this.#length * 8;
    const padding = ((2 * BLOCK_BYTES - 9 - this.#filled) % BLOCK_BYTES) + 9;
    const end = new Uint8Array(padding);
    const view = new DataView(end.buffer);
    end[0] = 0x80;
    view.setUint32(padding - 8, Math.floor(bits / 2 ** 32));
    view.setUint32(padding - 4, bits % 2 ** 32);
    this.update(end);
    const bytes = new Uint8Array(32);
    this.#state.forEach((word, at) => {
      new DataView(bytes.buffer).setUint32(4 * at, word);
    });
    if (form === undefined) return bytes;
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  }

  #compress(): void {
    const w = this.#schedule;
    const block = new DataView(this.#block.buffer);
    for (let i = 0; i < 16; i++) w[i] = block.getUint32(4 * i);
    for (let i = 16; i < ROUNDS; i++) {
      const [x, y] = [w[i - 15]!, w[i - 2]!];
      const s0 = rotated(x, 7) ^ rotated(x, 18) ^ (x >>> 3);
      const s1 = rotated(y, 17) ^ rotated(y, 19) ^ (y >>> 10);
      w[i] = w[i - 16]! + s0 + w[i - 7]! + s1;
    }
    const state = this.#state;
    let [a, b, c, d, e, f, g, h] = state as unknown as [
      ...[number, number, number, number],
      ...[number, number, number, number],
    ];
    for (let i = 0; i < ROUNDS; i++) {
      const choice = (e & f) ^ (~e & g);
      const majority = (a & b) ^ (a & c) ^ (b & c);
      const t = (h + (rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)) + choice + CONSTANTS[i]! + w[i]!) | 0;
      const u = ((rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)) + majority) | 0;
      [h, g, f, e] = [g, f, e, (d + t) | 0];
      [d, c, b, a] = [c, b, a, (t + u) | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((word, at) => {
      state[at]! += word;
    });
    this.#filled = 0;
  }
}

function rotated(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}

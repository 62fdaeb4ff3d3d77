// `createHash` where there is no node:crypto: SHA-256 alone, piece by piece.
//
// **Source:** FIPS 180-4, sections 4.1.2, 5 and 6.2.

/** What of `Hash` is used. */
export class Hash {
  readonly #state: Uint32Array<ArrayBuffer>;
  readonly #block = new Uint8Array(64);
  readonly #words = new Uint32Array(64);
  #length = 0;

  constructor(state: Uint32Array<ArrayBuffer> = Uint32Array.from(FIRST)) {
    this.#state = state;
  }

  update(data: string | ArrayBufferView): this {
    const bytes =
      typeof data === 'string'
        ? new TextEncoder().encode(data)
        : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    let filled = this.#length % 64;
    this.#length += bytes.length;
    for (let at = 0; at < bytes.length; ) {
      const end = Math.min(bytes.length, at + 64 - filled);
      this.#block.set(bytes.subarray(at, end), filled);
      filled += end - at;
      at = end;
      if (filled < 64) break;
      this.#compress();
      filled = 0;
    }
    return this;
  }

  copy(): Hash {
    const copy = new Hash(this.#state.slice());
    copy.#block.set(this.#block);
    copy.#length = this.#length;
    return copy;
  }

  digest(_encoding: 'hex'): string {
    const bits = 8 * this.#length;
    const padding = new Uint8Array(((119 - (this.#length % 64)) % 64) + 9);
    padding[0] = 0x80;
    const end = new DataView(padding.buffer, padding.length - 8);
    end.setUint32(0, Math.floor(bits / 2 ** 32));
    end.setUint32(4, bits % 2 ** 32);
    this.update(padding);
    return Array.from(this.#state, (word) => word.toString(16).padStart(8, '0')).join('');
  }

  #compress(): void {
    const [words, state] = [this.#words, this.#state];
    const view = new DataView(this.#block.buffer);
    for (let t = 0; t < 16; t++) words[t] = view.getUint32(4 * t);
    for (let t = 16; t < 64; t++) {
      const [early, late] = [words[t - 15]!, words[t - 2]!];
      const s0 = rotated(early, 7) ^ rotated(early, 18) ^ (early >>> 3);
      const s1 = rotated(late, 17) ^ rotated(late, 19) ^ (late >>> 10);
      words[t] = words[t - 16]! + s0 + words[t - 7]! + s1;
    }
    let [a, b, c, d, e, f, g, h] = state as unknown as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    for (let t = 0; t < 64; t++) {
      const s1 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25);
      const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[t]! + words[t]!) | 0;
      const s0 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22);
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0];
    }
    for (const [at, value] of [a, b, c, d, e, f, g, h].entries()) state[at]! += value;
  }
}

export function createHash(_algorithm: 'sha256'): Hash {
  return new Hash();
}

function rotated(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}

/** Of the fractions of primes' roots the first 32 bits: square roots of the first 8, cube roots of the first 64. */
const PRIMES = firstPrimes(64);
const FIRST = PRIMES.slice(0, 8).map((prime) => fraction(prime, 2));
const K = Uint32Array.from(PRIMES, (prime) => fraction(prime, 3));

function firstPrimes(count: number): number[] {
  const primes: number[] = [];
  for (let n = 2; primes.length < count; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  return primes;
}

/** ⌊2³² · ᵈ√n⌋ mod 2³², exactly. */
function fraction(n: number, degree: 2 | 3): number {
  const power = BigInt(degree);
  const wanted = BigInt(n) << (32n * power);
  let [low, high] = [0n, 1n << 40n];
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (middle ** power <= wanted) low = middle;
    else high = middle;
  }
  return Number(low & 0xffffffffn);
}

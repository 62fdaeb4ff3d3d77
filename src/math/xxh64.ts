// XXH64, by which Zstandard's frames are checked: 64-bit arithmetic in halves of 32 bits, because BigInt takes many
// times as long. Source: Collet, "XXH64 algorithm", https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md.

/** An unsigned 64-bit number as its halves, each an int32. */
type Halves = [high: number, low: number];

const PRIMES: readonly Readonly<Halves>[] = [
  [0, 0], // counted from 1, as in the specification
  [0x9e3779b1 | 0, 0x85ebca87 | 0],
  [0xc2b2ae3d | 0, 0x27d4eb4f | 0],
  [0x165667b1 | 0, 0x9e3779f9 | 0],
  [0x85ebca77 | 0, 0xc2b2ae63 | 0],
  [0x27d4eb2f | 0, 0x165667c5 | 0],
];

const STRIPE_BYTES = 32;

/** The hash of bytes that come in pieces, with seed 0. */
export class Xxh64 {
  readonly #lanes: readonly Halves[];
  readonly #stripe = new DataView(new ArrayBuffer(STRIPE_BYTES));
  #waiting = 0;
  #bytes = 0;

  constructor() {
    const [, p1, p2] = PRIMES;
    this.#lanes = [sum(p1!, p2!), [...p2!], [0, 0], negative(p1!)];
  }

  add(piece: Uint8Array): void {
    this.#bytes += piece.length;
    const stripe = new Uint8Array(this.#stripe.buffer);
    let at = 0;
    if (this.#waiting > 0) {
      at = Math.min(piece.length, STRIPE_BYTES - this.#waiting);
      stripe.set(piece.subarray(0, at), this.#waiting);
      this.#waiting += at;
      if (this.#waiting < STRIPE_BYTES) return;
      this.#take(this.#stripe, 0);
    }
    const view = new DataView(piece.buffer, piece.byteOffset, piece.length);
    for (; at + STRIPE_BYTES <= piece.length; at += STRIPE_BYTES) this.#take(view, at);
    stripe.set(piece.subarray(at));
    this.#waiting = piece.length - at;
  }

  /** The low 32 bits, from 0. */
  low32(): number {
    const [, p1, p2, p3, p4, p5] = PRIMES as readonly Halves[];
    let hash: Halves = [...p5!];
    if (this.#bytes >= STRIPE_BYTES) {
      const [a, b, c, d] = this.#lanes.map((lane, at) => rotated(lane, [1, 7, 12, 18][at]!));
      hash = sum(sum(a!, b!), sum(c!, d!));
      for (const lane of this.#lanes) hash = sum(product(xor(hash, round([0, 0], lane)), p1!), p4!);
    }
    hash = sum(hash, [Math.floor(this.#bytes / 2 ** 32), this.#bytes | 0]);
    let at = 0;
    for (; at + 8 <= this.#waiting; at += 8) {
      const word = round([0, 0], wordAt(this.#stripe, at));
      hash = sum(product(rotated(xor(hash, word), 27), p1!), p4!);
    }
    if (at + 4 <= this.#waiting) {
      const word = product([0, this.#stripe.getInt32(at, true)], p1!);
      hash = sum(product(rotated(xor(hash, word), 23), p2!), p3!);
      at += 4;
    }
    for (; at < this.#waiting; at++) {
      const word = product([0, this.#stripe.getUint8(at)], p5!);
      hash = product(rotated(xor(hash, word), 11), p1!);
    }
    hash = product(xor(hash, shifted(hash, 33)), p2!);
    hash = product(xor(hash, shifted(hash, 29)), p3!);
    return xor(hash, shifted(hash, 32))[1] >>> 0;
  }

  #take(from: DataView, at: number): void {
    for (let lane = 0; lane < 4; lane++) stir(this.#lanes[lane]!, from, at + 8 * lane);
  }
}

/** What {@link round} does, in place: it runs once for eight bytes. */
function stir(lane: Halves, from: DataView, at: number): void {
  const [high, low] = [from.getInt32(at + 4, true), from.getInt32(at, true)];
  const [p2h, p2l] = PRIMES[2]!;
  const [p1h, p1l] = PRIMES[1]!;
  const ml = Math.imul(low, p2l);
  const mh = (highProduct(low, p2l) + Math.imul(high, p2l) + Math.imul(low, p2h)) | 0;
  const sl = (lane[1] + ml) | 0;
  const sh = (lane[0] + mh + (sl >>> 0 < ml >>> 0 ? 1 : 0)) | 0;
  const rl = (sl << 31) | (sh >>> 1);
  const rh = (sh << 31) | (sl >>> 1);
  lane[1] = Math.imul(rl, p1l);
  lane[0] = (highProduct(rl, p1l) + Math.imul(rh, p1l) + Math.imul(rl, p1h)) | 0;
}

function round(lane: Halves, word: Halves): Halves {
  const [, p1, p2] = PRIMES as readonly Halves[];
  return product(rotated(sum(lane, product(word, p2!)), 31), p1!);
}

function wordAt(from: DataView, at: number): Halves {
  return [from.getInt32(at + 4, true), from.getInt32(at, true)];
}

function sum(a: Readonly<Halves>, b: Readonly<Halves>): Halves {
  const low = (a[1] + b[1]) | 0;
  return [(a[0] + b[0] + (low >>> 0 < a[1] >>> 0 ? 1 : 0)) | 0, low];
}

function negative([high, low]: Readonly<Halves>): Halves {
  return sum([~high, ~low], [0, 1]);
}

function xor(a: Readonly<Halves>, b: Readonly<Halves>): Halves {
  return [a[0] ^ b[0], a[1] ^ b[1]];
}

/** By fewer than 32 bits, but more than none. */
function rotated([high, low]: Readonly<Halves>, bits: number): Halves {
  return [(high << bits) | (low >>> (32 - bits)), (low << bits) | (high >>> (32 - bits))];
}

/** To the right, by fewer than 64 bits. */
function shifted([high, low]: Readonly<Halves>, bits: number): Halves {
  if (bits >= 32) return [0, high >>> (bits - 32)];
  return [high >>> bits, (low >>> bits) | (high << (32 - bits))];
}

function product(a: Readonly<Halves>, b: Readonly<Halves>): Halves {
  const high = highProduct(a[1], b[1]) + Math.imul(a[0], b[1]) + Math.imul(a[1], b[0]);
  return [high | 0, Math.imul(a[1], b[1])];
}

/** The upper 32 bits of the product of two unsigned numbers. */
function highProduct(a: number, b: number): number {
  const [al, ah, bl, bh] = [a & 0xffff, a >>> 16, b & 0xffff, b >>> 16];
  const middle = ah * bl + ((al * bl) >>> 16);
  const other = al * bh + (middle & 0xffff);
  return (ah * bh + Math.floor(middle / 0x10000) + (other >>> 16)) | 0;
}

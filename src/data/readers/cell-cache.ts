// Which text of a column some bytes are, for those that came before: without a text being made of them again.

/** Longer cells seldom come again. */
const MOST_BYTES = 64;
const MOST_CELLS = 1 << 15;

/** Bytes of cells, each with a number of the caller's. */
export class CellCache {
  /** Places of cells by their hash, from 1; 0 where there is none. At most half of them are taken. */
  #slots = new Int32Array(64);
  #hashes = new Int32Array(32);
  #codes = new Int32Array(32);
  /** Where the bytes of each cell end; they begin where those of the one before end. */
  #ends = new Int32Array(32);
  #bytes = new Uint8Array(1024);
  #length = 0;

  /** The number of the same bytes; −1 where they are new. */
  find(text: Uint8Array, start: number, end: number): number {
    if (end - start > MOST_BYTES) return -1;
    const hash = hashOf(text, start, end);
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; this.#slots[slot] !== 0; slot = (slot + 1) & mask) {
      const cell = this.#slots[slot]! - 1;
      if (this.#hashes[cell] === hash && this.#isAt(cell, text, start, end)) return this.#codes[cell]!;
    }
    return -1;
  }

  /** Remembers bytes that are new, unless they are too many. */
  add(text: Uint8Array, start: number, end: number, code: number): void {
    if (end - start > MOST_BYTES || this.#length === MOST_CELLS) return;
    if (this.#length === this.#hashes.length) this.#grow();
    const cell = this.#length++;
    const begin = cell === 0 ? 0 : this.#ends[cell - 1]!;
    const over = begin + end - start;
    if (over > this.#bytes.length) this.#bytes = longer(this.#bytes, new Uint8Array(2 * this.#bytes.length));
    for (let at = start; at < end; at++) this.#bytes[begin + at - start] = text[at]!;
    this.#ends[cell] = over;
    this.#codes[cell] = code;
    this.#hashes[cell] = hashOf(text, start, end);
    this.#place(cell);
  }

  #isAt(cell: number, text: Uint8Array, start: number, end: number): boolean {
    const begin = cell === 0 ? 0 : this.#ends[cell - 1]!;
    if (this.#ends[cell]! - begin !== end - start) return false;
    for (let at = start; at < end; at++) if (this.#bytes[begin + at - start] !== text[at]) return false;
    return true;
  }

  #place(cell: number): void {
    const mask = this.#slots.length - 1;
    let slot = this.#hashes[cell]! & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = cell + 1;
  }

  #grow(): void {
    const cells = 2 * this.#hashes.length;
    this.#hashes = longer(this.#hashes, new Int32Array(cells));
    this.#codes = longer(this.#codes, new Int32Array(cells));
    this.#ends = longer(this.#ends, new Int32Array(cells));
    this.#slots = new Int32Array(2 * cells);
    for (let cell = 0; cell < this.#length; cell++) this.#place(cell);
  }
}

/** FNV-1a, 32 bits, its upper ones folded into those that choose a place. */
function hashOf(text: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5 | 0;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ text[at]!, 0x01000193);
  return hash ^ (hash >>> 15);
}

function longer<T extends Int32Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

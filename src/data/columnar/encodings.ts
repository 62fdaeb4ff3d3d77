// How Parquet packs values: runs and packed bits, differences, bytes apart from each other. Every decoder makes exactly
// as many values as it is asked for, or finds the file damaged; a run is believed no further than that.
// 64-bit values are pairs of 32-bit lanes, the lower one first, since a BigInt for each takes many times as long.
// Source: https://parquet.apache.org/docs/file-format/data-pages/encodings/

import { Damaged, whole } from './damaged.js';

/** Bytes that are read from left to right. */
export class Bytes {
  readonly all: Buffer;
  at: number;

  constructor(all: Buffer, at = 0) {
    this.all = all;
    this.at = at;
  }

  get left(): number {
    return this.all.length - this.at;
  }

  take(length: number): Buffer {
    whole(length >= 0 && length <= this.left, 'a page that ends before its values');
    this.at += length;
    return this.all.subarray(this.at - length, this.at);
  }

  byte(): number {
    whole(this.at < this.all.length, 'a page that ends before its values');
    return this.all[this.at++]!;
  }

  /** Unsigned, up to 2⁵³. */
  varint(): number {
    let [value, scale] = [0, 1];
    for (let i = 0; i < 10; i++, scale *= 128) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    throw new Damaged('a number that does not end');
  }

  /** Zigzag, of any 64 bits. */
  signed(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n));
    }
    throw new Damaged('a number that does not end');
  }
}

/** Places for numbers of `width` bits each. */
export type Runs = Uint8Array | Uint32Array;

/** Runs of one value and packed bits, one after the other. @param width in bits, up to 32 */
export function unpackRuns(bytes: Bytes, width: number, out: Runs): void {
  whole(width <= 32, `numbers of ${width} bits`);
  if (width === 0) {
    out.fill(0);
    return;
  }
  const size = (width + 7) >> 3;
  for (let at = 0; at < out.length; ) {
    const head = bytes.varint();
    const count = Math.floor(head / 2);
    if (head % 2 === 1) {
      at = unpackBits(bytes, width, out, at, 8 * count);
      continue;
    }
    let value = 0;
    for (let i = 0; i < size; i++) value += bytes.byte() * 2 ** (8 * i);
    const end = Math.min(out.length, at + count);
    out.fill(value, at, end);
    at = end;
  }
}

/** @returns the place after the last; bits beyond the last place are stepped over, and need not be there */
function unpackBits(bytes: Bytes, width: number, out: Runs, from: number, count: number): number {
  const end = Math.min(out.length, from + count);
  const needed = Math.ceil(((end - from) * width) / 8);
  const packed = bytes.take(needed);
  bytes.at = Math.min(bytes.all.length, bytes.at + (count * width) / 8 - needed);
  const mask = 2 ** width - 1;
  // Whole words of four bytes while there are some, so that nothing beyond the end is read.
  const narrow = width <= 24 ? Math.min(end - from, Math.floor((8 * packed.length - 32) / width)) : 0;
  let [bit, at] = [0, from];
  for (const stop = from + Math.max(0, narrow); at < stop; at++, bit += width) {
    const byte = bit >> 3;
    const word =
      packed[byte]! | (packed[byte + 1]! << 8) | (packed[byte + 2]! << 16) | (packed[byte + 3]! << 24);
    out[at] = (word >>> (bit & 7)) & mask;
  }
  for (; at < end; at++, bit += width) out[at] = bitsAt(packed, bit, width);
  return end;
}

/** A number of up to 32 bits that begins at a bit: it lies in five bytes at most. */
function bitsAt(packed: Uint8Array, bit: number, width: number): number {
  const first = Math.floor(bit / 8);
  const shift = bit % 8;
  let value = 0;
  for (let i = 0; 8 * i < shift + width; i++) value += (packed[first + i] ?? 0) * 2 ** (8 * i);
  return Math.floor(value / 2 ** shift) % 2 ** width;
}

/** More miniblocks in a block are in no file; each has a byte for its width. */
const MOST_MINIBLOCKS = 65_536;

/**
 * Differences of whole numbers in miniblocks of packed bits, their sums modulo 2³² or 2⁶⁴.
 * @param out a number for each value, or two lanes
 * @param lanes 1 or 2
 */
export function unpackDeltas(bytes: Bytes, out: Int32Array, lanes: 1 | 2): void {
  const count = out.length / lanes;
  const block = bytes.varint();
  const miniblocks = bytes.varint();
  const total = bytes.varint();
  whole(miniblocks > 0 && miniblocks <= MOST_MINIBLOCKS && block % miniblocks === 0, 'blocks of no size');
  whole(total === count, `${total} values where ${count} are expected`);
  const each = block / miniblocks;
  whole(count <= 1 || (each > 0 && each % 8 === 0), 'miniblocks of no size');
  let value = bytes.signed();
  if (count > 0) store(out, lanes, 0, value);
  for (let at = 1; at < count; ) {
    const least = bytes.signed();
    const widths = bytes.take(miniblocks);
    for (let i = 0; i < miniblocks && at < count; i++) {
      const width = widths[i]!;
      whole(width <= 64, `differences of ${width} bits`);
      const end = Math.min(count, at + each);
      // Those beyond the last value may be left out.
      const packed = bytes.take(Math.min(bytes.left, (each * width) / 8));
      whole(8 * packed.length >= (end - at) * width, 'a page that ends before its values');
      value = addDeltas({ packed, width, least, value }, out, lanes, at, end);
      at = end;
    }
  }
}

interface Miniblock {
  readonly packed: Uint8Array;
  readonly width: number;
  readonly least: bigint;
  /** The one before. */
  readonly value: bigint;
}

function addDeltas(
  { packed, width, least, value }: Miniblock,
  out: Int32Array,
  lanes: 1 | 2,
  from: number,
  end: number,
): bigint {
  const reach = BigInt(end - from) * ((least < 0n ? -least : least) + 2n ** BigInt(width));
  const far = value < 0n ? -value : value;
  if (width <= 32 && far + reach <= BigInt(Number.MAX_SAFE_INTEGER)) {
    // Doubles are exact all the way, and many times as quick.
    let sum = Number(value);
    const step = Number(least);
    for (let at = from, bit = 0; at < end; at++, bit += width) {
      sum += step + bitsAt(packed, bit, width);
      if (lanes === 1) out[at] = sum;
      else {
        out[2 * at] = sum;
        out[2 * at + 1] = Math.floor(sum / 2 ** 32);
      }
    }
    return BigInt(sum);
  }
  let sum = value;
  for (let at = from, bit = 0; at < end; at++, bit += width) {
    const low = bitsAt(packed, bit, Math.min(32, width));
    const high = width > 32 ? bitsAt(packed, bit + 32, width - 32) : 0;
    sum = BigInt.asIntN(64, sum + least + BigInt(low) + (BigInt(high) << 32n));
    store(out, lanes, at, sum);
  }
  return sum;
}

function store(out: Int32Array, lanes: 1 | 2, at: number, value: bigint): void {
  out[lanes * at] = Number(BigInt.asIntN(32, value));
  if (lanes === 2) out[2 * at + 1] = Number(BigInt.asIntN(32, value >> 32n));
}

/** What the texts of one page may take when they share their beginnings, which a page of few bytes can say of any length. */
const MOST_TEXT_BYTES = 2 ** 28;

/** Lengths first, then all texts. */
export function* unpackTexts(bytes: Bytes, count: number): Generator<Buffer> {
  const lengths = new Int32Array(count);
  unpackDeltas(bytes, lengths, 1);
  for (const length of lengths) yield bytes.take(length);
}

/** How much each text has in common with the one before, then what follows. */
export function* unpackSharedTexts(bytes: Bytes, count: number): Generator<Buffer> {
  const shared = new Int32Array(count);
  unpackDeltas(bytes, shared, 1);
  let before: Buffer = Buffer.alloc(0);
  let [total, at] = [0, 0];
  for (const rest of unpackTexts(bytes, count)) {
    const length = shared[at++]!;
    whole(length >= 0 && length <= before.length, 'a text that begins as no other does');
    total += length + rest.length;
    whole(total <= MOST_TEXT_BYTES, `texts of more than ${MOST_TEXT_BYTES} bytes in one page`);
    before = length === 0 ? rest : Buffer.concat([before.subarray(0, length), rest]);
    yield before;
  }
}

/** The first bytes of all values, then the second ones. */
export function joinBytes(bytes: Bytes, count: number, size: number): Buffer {
  const apart = bytes.take(count * size);
  const joined = Buffer.alloc(count * size);
  for (let byte = 0; byte < size; byte++) {
    for (let i = 0, from = byte * count; i < count; i++) joined[i * size + byte] = apart[from + i]!;
  }
  return joined;
}

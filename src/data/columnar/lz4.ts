// LZ4: blocks, and the two ways in which files put blocks one after the other.
// Source: https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md and lz4_Frame_format.md

import { Damaged, whole } from './damaged.js';

/** Shorter matches are not written. */
const LEAST_MATCH = 4;
const FRAME = 0x184d2204;

/** One block. @param length what it is unpacked to, exactly */
export function unpackLz4(packed: Uint8Array, length: number): Buffer {
  const out = Buffer.alloc(length);
  whole(unpackBlock(packed, out) === length, 'fewer bytes than it states');
  return out;
}

/**
 * Matches may lie anywhere in `out` before the place where the block begins.
 * @returns how many bytes it gave, at most as many as there is place for
 */
function unpackBlock(packed: Uint8Array, out: Buffer, start = 0): number {
  let [from, to] = [0, start];
  const more = (length: number): number => {
    for (let all = length; ; ) {
      whole(from < packed.length, 'a block that ends too early');
      const byte = packed[from++]!;
      all += byte;
      if (byte < 255) return all;
    }
  };
  while (from < packed.length) {
    const token = packed[from++]!;
    const literals = token >> 4 === 15 ? more(15) : token >> 4;
    whole(from + literals <= packed.length && to + literals <= out.length, 'more bytes than it states');
    out.set(packed.subarray(from, from + literals), to);
    from += literals;
    to += literals;
    if (from === packed.length) break; // the last sequence has no match
    whole(from + 2 <= packed.length, 'a block that ends too early');
    const back = packed[from]! + 256 * packed[from + 1]!;
    from += 2;
    const length = LEAST_MATCH + ((token & 15) === 15 ? more(15) : token & 15);
    whole(back > 0 && back <= to, 'a match before its beginning');
    whole(to + length <= out.length, 'more bytes than it states');
    copyMatch(out, to, back, length);
    to += length;
  }
  return to - start;
}

/** A match may overlap what it makes: then what is there is doubled until it suffices. */
function copyMatch(out: Buffer, to: number, back: number, length: number): void {
  if (back >= length) {
    out.copyWithin(to, to - back, to - back + length);
    return;
  }
  for (let at = to; at < to + length; at++) out[at] = out[at - back]!;
}

/** Blocks that begin with both of their lengths, as Hadoop writes them; or one block without. */
export function unpackHadoopLz4(packed: Buffer, length: number): Buffer {
  const out = Buffer.alloc(length);
  try {
    let [from, to] = [0, 0];
    while (from < packed.length) {
      whole(from + 8 <= packed.length, 'no lengths');
      const [full, size] = [packed.readUInt32BE(from), packed.readUInt32BE(from + 4)];
      from += 8;
      whole(from + size <= packed.length && to + full <= length, 'other lengths');
      const place = out.subarray(to, to + full);
      whole(unpackBlock(packed.subarray(from, from + size), place) === full, 'another length');
      from += size;
      to += full;
    }
    whole(to === length, 'another length');
    return out;
  } catch (error) {
    if (!(error instanceof Damaged)) throw error;
    return unpackLz4(packed, length);
  }
}

/** A frame, or several. Its checksums are not held against it. */
export function unpackLz4Frames(packed: Buffer, length: number): Buffer {
  const out = Buffer.alloc(length);
  let [from, to] = [0, 0];
  while (from < packed.length) {
    whole(from + 7 <= packed.length && packed.readUInt32LE(from) === FRAME, 'no LZ4 frame');
    const flags = packed[from + 4]!;
    const has = (bit: number): number => (flags >> bit) & 1;
    whole(flags >> 6 === 1 && has(0) === 0, 'a frame of another version, or with a dictionary');
    from += 7 + 8 * has(3);
    const start = to;
    for (;;) {
      whole(from + 4 <= packed.length, 'a frame that ends too early');
      const head = packed.readUInt32LE(from);
      from += 4;
      if (head === 0) break;
      const size = head & 0x7fff_ffff;
      whole(from + size <= packed.length, 'a frame that ends too early');
      const block = packed.subarray(from, from + size);
      if (head >>> 31 === 1) {
        whole(to + size <= length, 'more bytes than it states');
        out.set(block, to);
        to += size;
      } else {
        const first = has(5) === 1 ? to : start; // blocks that are independent of those before them
        to += unpackBlock(block, out.subarray(first), to - first);
      }
      from += size + 4 * has(4);
    }
    from += 4 * has(2);
  }
  whole(to === length, 'fewer bytes than it states');
  return out;
}

// Zstandard's files unpacked piece by piece. fzstd takes blocks apart; what it leaves open is here: where frames begin and
// end, how much memory one may ask for, and whether what came out is what went in. Source: RFC 8878. The one module that
// imports fzstd.

import * as zlib from 'node:zlib';
import { Decompress, decompress } from 'fzstd';
import { Xxh64 } from '../math/xxh64.js';

/** The longest window of a frame, as of `zstd` without further options; its memory is taken before its first byte is there. */
const MOST_WINDOW_BYTES = 2 ** 27;
const MOST_BLOCK_BYTES = 2 ** 17;
const MAGIC = 0xfd2fb528;
const [SKIPPABLE, SKIPPABLE_MASK] = [0x184d2a50, 0xfffffff0] as const;
/** Of the longest header of a frame, its magic number among them. */
const HEADER_BYTES = 18;

interface Frame {
  readonly unpacker: Decompress;
  /** Null where the frame says nothing to check. */
  readonly hash: Xxh64 | null;
}

/**
 * What packed pieces hold.
 * @throws an Error that says what is wrong with them.
 */
export async function* unzstd(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const file = new Frames();
  for await (const piece of packed) yield* file.push(piece);
  file.end();
}

class Frames {
  /** Packed bytes that no step has taken. */
  #waiting: Uint8Array = new Uint8Array(0);
  #frame: Frame | null = null;
  /** Bytes of a frame that holds no data. */
  #skip = 0;
  readonly #out: Buffer[] = [];

  push(piece: Uint8Array): readonly Buffer[] {
    this.#waiting = Buffer.concat([this.#waiting, piece]);
    this.#out.length = 0;
    while (this.#step(false)) {}
    return this.#out;
  }

  end(): void {
    while (this.#waiting.length > 0 && this.#step(true)) {}
    if (this.#frame !== null || this.#skip > 0 || this.#waiting.length > 0) {
      throw new Error('it ends before its end');
    }
  }

  /** @returns whether there was enough for one. */
  #step(last: boolean): boolean {
    if (this.#skip > 0) {
      const bytes = Math.min(this.#skip, this.#waiting.length);
      this.#take(bytes);
      this.#skip -= bytes;
      return bytes > 0;
    }
    return this.#frame === null ? this.#begin(last) : this.#block(this.#frame);
  }

  #take(bytes: number): Uint8Array {
    const taken = this.#waiting.subarray(0, bytes);
    this.#waiting = this.#waiting.subarray(bytes);
    return taken;
  }

  #begin(last: boolean): boolean {
    const { length } = this.#waiting;
    if (length < (last ? 8 : HEADER_BYTES)) return false;
    const view = new DataView(this.#waiting.buffer, this.#waiting.byteOffset, length);
    const magic = view.getUint32(0, true);
    if ((magic & SKIPPABLE_MASK) >>> 0 === SKIPPABLE) {
      this.#skip = view.getUint32(4, true);
      this.#take(8);
      return true;
    }
    if (magic !== MAGIC) throw new Error('what is no frame follows one');
    const header = readHeader(view);
    if (header.bytes > length) return false;
    const hash = header.checked ? new Xxh64() : null;
    const unpacker = new Decompress((unpacked) => {
      if (unpacked.length === 0) return;
      hash?.add(unpacked);
      this.#out.push(Buffer.from(unpacked.buffer, unpacked.byteOffset, unpacked.length));
    });
    this.#frame = { unpacker, hash };
    unpacker.push(this.#take(header.bytes));
    return true;
  }

  #block({ unpacker, hash }: Frame): boolean {
    if (this.#waiting.length < 3) return false;
    const [a, b, c] = this.#waiting as unknown as [number, number, number];
    const [last, kind, size] = [(a & 1) === 1, (a >> 1) & 3, (a >> 3) | (b << 5) | (c << 13)];
    if (kind === 3 || size > MOST_BLOCK_BYTES) throw new Error('a block of no known kind or size');
    const check = last && hash !== null ? 4 : 0;
    const bytes = 3 + (kind === 1 ? 1 : size) + check;
    if (this.#waiting.length < bytes) return false;
    const block = this.#take(bytes);
    unpacker.push(block, last);
    if (!last) return true;
    this.#frame = null;
    if (
      hash !== null &&
      hash.low32() !== Buffer.from(block.buffer, block.byteOffset, bytes).readUInt32LE(bytes - 4)
    ) {
      throw new Error('its checksum is of other data');
    }
    return true;
  }
}

/** @throws for a dictionary or a window larger than may be. */
function readHeader(view: DataView): { readonly bytes: number; readonly checked: boolean } {
  const flags = view.getUint8(4);
  const [single, dictionary, sizeBits] = [(flags >> 5) & 1, flags & 3, flags >> 6];
  if (dictionary !== 0) throw new Error('a dictionary is needed');
  const at = single === 1 ? 5 : 6;
  const sizeBytes = sizeBits === 0 ? single : 1 << sizeBits;
  const window = single === 1 ? contentBytes(view, at, sizeBytes) : windowBytes(view.getUint8(5));
  if (window > MOST_WINDOW_BYTES) throw new Error(`a window of more than ${MOST_WINDOW_BYTES} bytes`);
  return { bytes: at + sizeBytes, checked: (flags & 4) !== 0 };
}

function windowBytes(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

function contentBytes(view: DataView, at: number, bytes: number): number {
  if (view.byteLength < at + bytes) return 0; // it is asked again once it is there
  if (bytes === 1) return view.getUint8(at);
  if (bytes === 2) return view.getUint16(at, true) + 256;
  return view.getUint32(at, true) + (bytes === 8 ? view.getUint32(at + 4, true) * 2 ** 32 : 0);
}

/** From Node.js 22.15 on; the types of older ones do not have it. */
type Native = (packed: Uint8Array, options: { readonly maxOutputLength: number }) => Uint8Array;
const native = (zlib as { readonly zstdDecompressSync?: Native }).zstdDecompressSync;

/**
 * What a block in memory holds, whose length is known: more is never written.
 * @throws an Error of any kind that says what is wrong with it.
 */
export function unzstdBlock(packed: Uint8Array, length: number): Uint8Array {
  if (native !== undefined) return native(packed, { maxOutputLength: Math.max(1, length) });
  return decompress(packed, new Uint8Array(length));
}

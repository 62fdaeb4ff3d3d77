// Plain data out of msgpack bytes: what JSON can say and, where asked for, bytes. The bytes are walked before they are
// decoded (plain-scan.ts), so that nothing odd or oversized is ever built and nothing here needs to doubt a length.

import { scanPlainMsgpack } from './plain-scan.js';

/** Metadata nests about ten deep, a report further, and a tree of decisions as deep as it grows. */
export const MAX_DEPTH = { text: 64, arrays: 1024 } as const;

/** What stands in the way of packing a value, or of reading one. */
export class NotPlainError extends Error {}

/**
 * Reads one value that JSON can say.
 * @throws NotPlainError when the bytes are anything else.
 */
export function unpackPlain(bytes: Uint8Array): unknown {
  return unpackScanned(bytes, MAX_DEPTH.text, false);
}

/** Whether {@link unpackPlain} would read bytes, without reading them. */
export function isPlain(bytes: Uint8Array): boolean {
  return scanPlainMsgpack(bytes, { maxDepth: MAX_DEPTH.text, binaries: false }) === null;
}

/** @param binaries whether there may be bytes among the values, which are copied. @throws NotPlainError */
export function unpackScanned(bytes: Uint8Array, maxDepth: number, binaries: boolean): unknown {
  const oddity = scanPlainMsgpack(bytes, { maxDepth, binaries });
  if (oddity !== null) throw new NotPlainError(oddity);
  return new Reader(bytes).value();
}

const TEXT = new TextDecoder('utf-8', { ignoreBOM: true });

/** Texts as short as keys are read by hand: a decoder takes longer to be asked. */
const SHORT = 32;

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  value(): unknown {
    const marker = this.#bytes[this.#at++]!;
    if (marker < 0x80) return marker;
    if (marker >= 0xe0) return marker - 256;
    if (marker < 0x90) return this.#map(marker & 0x0f);
    if (marker < 0xa0) return this.#list(marker & 0x0f);
    if (marker < 0xc0) return this.#text(marker & 0x1f);
    switch (marker) {
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return this.#take(this.#length(1 << (marker - 0xc4))).slice();
      case 0xca:
        return this.#view.getFloat32(this.#skip(4));
      case 0xcb:
        return this.#view.getFloat64(this.#skip(8));
      case 0xcc:
      case 0xcd:
      case 0xce:
        return this.#length(1 << (marker - 0xcc));
      case 0xd0:
        return this.#view.getInt8(this.#skip(1));
      case 0xd1:
        return this.#view.getInt16(this.#skip(2));
      case 0xd2:
        return this.#view.getInt32(this.#skip(4));
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.#text(this.#length(1 << (marker - 0xd9)));
      case 0xdc:
      case 0xdd:
        return this.#list(this.#length(2 << (marker - 0xdc)));
      case 0xde:
      case 0xdf:
        return this.#map(this.#length(2 << (marker - 0xde)));
      default:
        return null;
    }
  }

  /** Goes on by so many bytes. @returns where they begin. */
  #skip(bytes: number): number {
    this.#at += bytes;
    return this.#at - bytes;
  }

  #take(bytes: number): Uint8Array {
    const start = this.#skip(bytes);
    return this.#bytes.subarray(start, this.#at);
  }

  /** An unsigned number of 1, 2 or 4 bytes, the highest first. */
  #length(bytes: number): number {
    const at = this.#skip(bytes);
    if (bytes === 1) return this.#view.getUint8(at);
    return bytes === 2 ? this.#view.getUint16(at) : this.#view.getUint32(at);
  }

  #text(length: number): string {
    const bytes = this.#take(length);
    if (length > SHORT) return TEXT.decode(bytes);
    let text = '';
    for (const byte of bytes) {
      if (byte >= 0x80) return TEXT.decode(bytes);
      text += String.fromCharCode(byte);
    }
    return text;
  }

  #list(length: number): unknown[] {
    const list: unknown[] = [];
    for (let i = 0; i < length; i++) list.push(this.value());
    return list;
  }

  #map(length: number): object {
    const map: Record<string, unknown> = {};
    for (let i = 0; i < length; i++) {
      // The walk has seen that keys are texts, and none of them __proto__.
      const key = this.value() as string;
      map[key] = this.value();
    }
    return map;
  }
}

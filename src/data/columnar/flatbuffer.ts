// FlatBuffers, in which Arrow says what lies where: tables of fields that may be missing, read in place. Every offset and
// length is held against the bytes there are before anything is read there.
// Source: https://flatbuffers.dev/internals

import { whole } from './damaged.js';

const BEYOND = 'an offset beyond its metadata';

export class FlatTable {
  readonly #bytes: Buffer;
  readonly #at: number;
  readonly #fields: number;
  readonly #fieldBytes: number;

  private constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.#at = at;
    const fields = at - readInt32(bytes, at);
    this.#fields = fields;
    this.#fieldBytes = readUint16(bytes, fields);
  }

  /** The table that some bytes are for. @throws Damaged */
  static root(bytes: Buffer): FlatTable {
    return new FlatTable(bytes, readUint32(bytes, 0));
  }

  integer(field: number, size: 1 | 2 | 4 | 8, otherwise = 0): number {
    const at = this.#place(field);
    if (at === null) return otherwise;
    whole(at + size <= this.#bytes.length, BEYOND);
    return size === 8 ? Number(this.#bytes.readBigInt64LE(at)) : this.#bytes.readIntLE(at, size);
  }

  table(field: number): FlatTable | null {
    const at = this.#place(field);
    return at === null ? null : new FlatTable(this.#bytes, at + readUint32(this.#bytes, at));
  }

  text(field: number): string {
    const place = this.#place(field);
    if (place === null) return '';
    const { at, length } = this.#vector(place, 1);
    return this.#bytes.toString('utf8', at, at + length);
  }

  tables(field: number): FlatTable[] {
    const place = this.#place(field);
    if (place === null) return [];
    const { at, length } = this.#vector(place, 4);
    const places = Array.from({ length }, (_, i) => at + 4 * i);
    return places.map((each) => new FlatTable(this.#bytes, each + readUint32(this.#bytes, each)));
  }

  /** Structs of so many bytes each, one after the other. */
  structs(field: number, size: number): Buffer[] {
    const place = this.#place(field);
    if (place === null) return [];
    const { at, length } = this.#vector(place, size);
    return Array.from({ length }, (_, i) => this.#bytes.subarray(at + size * i, at + size * (i + 1)));
  }

  /** Where a field is; null for one that has its default. */
  #place(field: number): number | null {
    const entry = 4 + 2 * field;
    if (entry + 2 > this.#fieldBytes) return null;
    const offset = readUint16(this.#bytes, this.#fields + entry);
    return offset === 0 ? null : this.#at + offset;
  }

  #vector(place: number, size: number): { at: number; length: number } {
    const start = place + readUint32(this.#bytes, place);
    const length = readUint32(this.#bytes, start);
    whole(start + 4 + size * length <= this.#bytes.length, 'a list beyond its metadata');
    return { at: start + 4, length };
  }
}

function readUint32(bytes: Buffer, at: number): number {
  whole(at >= 0 && at + 4 <= bytes.length, BEYOND);
  return bytes.readUInt32LE(at);
}

function readInt32(bytes: Buffer, at: number): number {
  return readUint32(bytes, at) | 0;
}

function readUint16(bytes: Buffer, at: number): number {
  whole(at >= 0 && at + 2 <= bytes.length, BEYOND);
  return bytes.readUInt16LE(at);
}

// Thrift's compact protocol, in which Parquet files say what they hold. Only the fields that are asked for are kept, so
// that statistics of ten thousand columns cost no memory, and nothing that a file claims is believed beyond its bytes.
// Source: https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md

import { Damaged, whole } from './damaged.js';

/** Fields to keep, by their numbers: `true` for a value, or the fields of a struct or of the structs of a list. */
export interface Wanted {
  readonly [field: number]: true | Wanted;
}

/** A value as it was read; 64-bit integers beyond 2⁵³ are only near it, and no size or offset is. */
export type ThriftValue = boolean | number | Buffer | readonly ThriftValue[] | ThriftStruct;

export interface ThriftStruct {
  readonly [field: number]: ThriftValue | undefined;
}

export function isStruct(value: ThriftValue): value is ThriftStruct {
  return typeof value === 'object' && !Array.isArray(value) && !Buffer.isBuffer(value);
}

const [STOP, TRUE, FALSE, BYTE, I16, I32, I64, DOUBLE] = [0, 1, 2, 3, 4, 5, 6, 7];
const [BINARY, LIST, SET, STRUCT] = [8, 9, 10, 12];

/** Deeper than any that Parquet has. */
const MOST_DEPTH = 24;
const MOST_VARINT_BYTES = 10;

/** Reads one struct from a place in some bytes. @throws Damaged */
export class ThriftReader {
  readonly #bytes: Buffer;
  /** Where the next byte is. */
  at: number;

  constructor(bytes: Buffer, at = 0) {
    this.#bytes = bytes;
    this.at = at;
  }

  struct(wanted: Wanted, depth = 0): ThriftStruct {
    whole(depth < MOST_DEPTH, 'structs too deep in each other');
    const struct: Record<number, ThriftValue> = {};
    let field = 0;
    for (;;) {
      const head = this.#byte();
      const type = head & 0x0f;
      if (type === STOP) return struct;
      field = head >> 4 === 0 ? this.#integer() : field + (head >> 4);
      const want = Object.hasOwn(wanted, field) ? wanted[field] : undefined;
      const value = this.#value(type, want, depth);
      if (want !== undefined) struct[field] = value;
    }
  }

  /** @returns what is not wanted as anything */
  #value(type: number, want: true | Wanted | undefined, depth: number): ThriftValue {
    switch (type) {
      case TRUE:
      case FALSE:
        return type === TRUE;
      case BYTE:
        return (this.#byte() << 24) >> 24;
      case I16:
      case I32:
      case I64:
        return this.#integer();
      case DOUBLE:
        this.#take(8);
        return Number.NaN; // in no field that is asked for
      case BINARY:
        return this.#take(this.#size());
      case LIST:
      case SET:
        return this.#list(want, depth + 1);
      case STRUCT:
        return this.struct(want === true || want === undefined ? {} : want, depth + 1);
      default:
        throw new Damaged(`a field of type ${type}`);
    }
  }

  #list(want: true | Wanted | undefined, depth: number): ThriftValue {
    whole(depth < MOST_DEPTH, 'lists too deep in each other');
    const head = this.#byte();
    const size = head >> 4 === 15 ? this.#size() : head >> 4;
    const type = head & 0x0f;
    // No value takes less than a byte.
    whole(size <= this.#bytes.length - this.at, `a list of ${size} where the file ends before`);
    const list: ThriftValue[] = [];
    for (let i = 0; i < size; i++) {
      const value = type === TRUE || type === FALSE ? this.#byte() === TRUE : this.#value(type, want, depth);
      if (want !== undefined) list.push(value);
    }
    return list;
  }

  #byte(): number {
    whole(this.at < this.#bytes.length, 'an end in the middle of it');
    return this.#bytes[this.at++]!;
  }

  #take(length: number): Buffer {
    whole(length <= this.#bytes.length - this.at, 'a text beyond its end');
    this.at += length;
    return this.#bytes.subarray(this.at - length, this.at);
  }

  #size(): number {
    return this.#varint();
  }

  #varint(): number {
    let [value, scale] = [0, 1];
    for (let i = 0; i < MOST_VARINT_BYTES; i++, scale *= 128) {
      const byte = this.#byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    throw new Damaged('a number that does not end');
  }

  /** Zigzag: 0, −1, 1, −2 … */
  #integer(): number {
    const coded = this.#varint();
    return coded % 2 === 0 ? coded / 2 : -(coded + 1) / 2;
  }
}

// A walk over msgpack bytes before they are decoded. It lets through only what JSON can say (nil,
// booleans, numbers up to 64-bit floats, strings, arrays, maps with string keys) and, where asked for, binary
// values, each with the bytes it announces. So a hostile file cannot make the decoder allocate what is not
// there, nor yield its extension types (RegExp, Error, Set, Date, record definitions).

import { heapLimit } from '../machine/heap-limit.js';
import { equalBytes } from './byte-order.js';

/** What may be in the bytes beside what JSON can say, and how deep. */
export interface PlainLimits {
  readonly maxDepth: number;
  readonly binaries: boolean;
}

/**
 * What values take once they are decoded, in bytes, roughly as V8 has them. A byte of the file can be an empty map, so
 * lengths that the bytes back bound nothing by themselves.
 */
const DECODED_BYTES = { scalar: 8, string: 24, binary: 96, array: 64, map: 64 } as const;
const ENTRY_BYTES = 32;

/** What is decoded may be as large as this many times its bytes, and this much more, which little data never reaches. */
const MOST_GROWTH = 16;
const FREE_BYTES = 2 ** 24;

/** V8 ends the process where its heap is full; checking what is decoded takes as much again. */
const MOST_DECODED_BYTES = heapLimit() / 4;

/** Fixed sizes of the values that carry no other: the bytes after the marker. */
const SCALAR_BYTES: Readonly<Record<number, number>> = {
  192: 0, // nil
  194: 0, // false
  195: 0, // true
  202: 4, // float 32
  203: 8, // float 64
  204: 1, // uint 8
  205: 2, // uint 16
  206: 4, // uint 32
  208: 1, // int 8
  209: 2, // int 16
  210: 4, // int 32
};

/** Bytes of the length that follows a marker: of bin, str, array and map. */
const LENGTH_BYTES: Readonly<Record<number, 1 | 2 | 4>> = {
  ...{ 196: 1, 197: 2, 198: 4 },
  ...{ 217: 1, 218: 2, 219: 4 },
  ...{ 220: 2, 221: 4 },
  ...{ 222: 2, 223: 4 },
};

/**
 * Checks that the bytes are exactly one plain msgpack value.
 * @returns what is wrong, or null when nothing is.
 */
export function scanPlainMsgpack(bytes: Uint8Array, limits: PlainLimits): string | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // Values still to come at each depth. A map of n pairs is 2n values whose even ones are keys.
  const open: { left: number; isMap: boolean }[] = [];
  let at = 0;
  let room = Math.min(FREE_BYTES + MOST_GROWTH * bytes.length, MOST_DECODED_BYTES);
  for (;;) {
    if (at >= bytes.length) return 'a value is missing';
    const parent = open.at(-1);
    const token = readToken(view, at, limits.binaries);
    if (token === null) return `value of type 0x${bytes[at]!.toString(16)} at byte ${at}`;
    const isKey = parent?.isMap === true && parent.left % 2 === 0;
    if (isKey && token.kind !== 'string') return 'a key is not text';
    if (parent !== undefined) parent.left--;
    at += token.bytes;
    if (at > bytes.length) return 'a value is cut short';
    const mayBeProto = isKey && bytes[at - 1] === PROTO_BYTES[0];
    if (mayBeProto && isProto(bytes.subarray(at - token.bytes, at))) return `a key is ${PROTO}`;
    if (token.children > bytes.length - at) return 'a list is longer than its bytes';
    room -= decodedBytes(token);
    if (room < 0) return `more values than ${bytes.length} bytes of data hold`;
    if (token.children > 0) open.push({ left: token.children, isMap: token.kind === 'map' });
    if (open.length > limits.maxDepth) return `nested deeper than ${limits.maxDepth}`;
    while (open.at(-1)?.left === 0) open.pop();
    if (open.length === 0) return at === bytes.length ? null : 'bytes follow the value';
  }
}

function decodedBytes({ kind, bytes, children }: Token): number {
  const text = kind === 'string' || kind === 'binary' ? bytes : 0;
  return DECODED_BYTES[kind] + text + (kind === 'map' ? (ENTRY_BYTES * children) / 2 : 0);
}

/** Decoders give such a key another name. */
export const PROTO = '__proto__';
const PROTO_BYTES = new TextEncoder().encode(PROTO);

/** Whether a text is this, its head of one byte, or that and a length, before it. */
function isProto(text: Uint8Array): boolean {
  const headBytes = 1 + (LENGTH_BYTES[text[0]!] ?? 0);
  return equalBytes(PROTO_BYTES, text.subarray(headBytes));
}

interface Token {
  readonly kind: 'scalar' | 'string' | 'binary' | 'array' | 'map';
  /** Its own bytes: the marker, the length, and the text or the bytes. */
  readonly bytes: number;
  /** Values inside it. */
  readonly children: number;
}

function readToken(view: DataView, at: number, binaries: boolean): Token | null {
  const marker = view.getUint8(at);
  if (marker < 0x80 || marker >= 0xe0) return scalar(1);
  if (marker < 0x90) return container('map', 1, marker & 0x0f);
  if (marker < 0xa0) return container('array', 1, marker & 0x0f);
  if (marker < 0xc0) return { kind: 'string', bytes: 1 + (marker & 0x1f), children: 0 };
  const size = SCALAR_BYTES[marker];
  if (size !== undefined) return scalar(1 + size);
  const lengthBytes = LENGTH_BYTES[marker];
  if (lengthBytes === undefined) return null; // 64-bit integers, every extension type, and 0xc1
  const length = readLength(view, at + 1, lengthBytes);
  if (marker >= 0xd9 && marker <= 0xdb)
    return { kind: 'string', bytes: 1 + lengthBytes + length, children: 0 };
  if (marker === 0xdc || marker === 0xdd) return container('array', 1 + lengthBytes, length);
  if (marker === 0xde || marker === 0xdf) return container('map', 1 + lengthBytes, length);
  return binaries ? { kind: 'binary', bytes: 1 + lengthBytes + length, children: 0 } : null;
}

function scalar(bytes: number): Token {
  return { kind: 'scalar', bytes, children: 0 };
}

function container(kind: 'array' | 'map', bytes: number, length: number): Token {
  return { kind, bytes, children: kind === 'map' ? 2 * length : length };
}

/** The big-endian length at `at`; Infinity when the bytes end before it, so that the caller refuses it. */
function readLength(view: DataView, at: number, bytes: number): number {
  if (at + bytes > view.byteLength) return Number.POSITIVE_INFINITY;
  if (bytes === 1) return view.getUint8(at);
  return bytes === 2 ? view.getUint16(at) : view.getUint32(at);
}

// Typed arrays as plain data: little-endian bytes, and which type they are of.

import { swapOnBigEndian } from './byte-order.js';
import { MAX_DEPTH, NotPlainError, unpackScanned } from './plain-unpack.js';

/** Typed arrays that are plain data; the number that stands for each in the bytes is its place here. */
export const ARRAYS = [
  Float32Array,
  Float64Array,
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
] as const;

export type PlainArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array;

/** What makes typed arrays of one kind. */
export interface ArrayType<Elements extends PlainArray> {
  new (buffer: ArrayBuffer, byteOffset: number, length: number): Elements;
  readonly BYTES_PER_ELEMENT: number;
}

/**
 * Reads what {@link packArrays} wrote.
 * @throws NotPlainError when the bytes are anything else.
 */
export function unpackArrays(bytes: Uint8Array): unknown {
  // A copy, because the bytes may lie in shared memory, which decoders do not expect.
  return withArrays(unpackScanned(Uint8Array.from(bytes), MAX_DEPTH.arrays, true));
}

/** The value with its typed arrays in place of the bytes they were packed as. */
function withArrays(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withArrays);
  if (value instanceof Uint8Array) return arrayFrom(value);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withArrays(inner)]));
}

function arrayFrom(bytes: Uint8Array): PlainArray {
  const type = ARRAYS[bytes[0] ?? -1] as ArrayType<PlainArray> | undefined;
  if (type === undefined || (bytes.length - 1) % type.BYTES_PER_ELEMENT !== 0) {
    throw new NotPlainError('binary data that is no array');
  }
  return readLittleEndian(type, bytes.subarray(1));
}

/** Writes the elements of an array into bytes, little-endian. @param into as many bytes as it has. */
export function writeLittleEndian(array: PlainArray, into: Uint8Array): void {
  into.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  swapOnBigEndian(into, array.BYTES_PER_ELEMENT);
}

/** A typed array of its own from little-endian bytes, of which there are whole elements. */
export function readLittleEndian<Elements extends PlainArray>(
  type: ArrayType<Elements>,
  bytes: Uint8Array,
): Elements {
  const elements = new Uint8Array(bytes.length);
  elements.set(bytes);
  swapOnBigEndian(elements, type.BYTES_PER_ELEMENT);
  return new type(elements.buffer, 0, elements.length / type.BYTES_PER_ELEMENT);
}

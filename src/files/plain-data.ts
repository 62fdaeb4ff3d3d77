// Plain data as bytes and back, in msgpack: what JSON can say, and typed arrays. The one
// module that imports msgpackr, which packs; plain-unpack.ts reads.

import { Packr } from 'msgpackr/pack';
import { ARRAYS, type PlainArray, writeLittleEndian } from './plain-arrays.js';
import { PROTO } from './plain-scan.js';
import { MAX_DEPTH, NotPlainError } from './plain-unpack.js';

export {
  type ArrayType,
  type PlainArray,
  readLittleEndian,
  unpackArrays,
  writeLittleEndian,
} from './plain-arrays.js';
export { isPlain, NotPlainError, unpackPlain } from './plain-unpack.js';

/** Packs what JSON can say. Plain maps: records are an extension of msgpackr's that other readers do not know. */
export function packPlain(value: unknown): Uint8Array {
  try {
    return new Packr({ useRecords: false }).pack(value);
  } catch (error) {
    // Maps have heads of 16 bits, all but those of more entries: then every map has the shortest that it needs.
    if (!/too large to serialize with fast 16-bit map size/.test(String(error))) throw error;
    return new Packr({ useRecords: false, variableMapSize: true }).pack(value);
  }
}

/**
 * Packs plain objects, lists, texts, numbers, booleans, null and typed arrays; a property that is undefined is left
 * out. The bytes are the same on every host.
 * @param name what the value is called in the message of an error.
 * @throws NotPlainError naming what is something else, a value that holds itself among them.
 */
export function packArrays(value: unknown, name: string): Uint8Array {
  return packPlain(withBinaries(value, name, 0));
}

/** The value with each typed array as bytes: its number, then its elements, little-endian. */
function withBinaries(value: unknown, name: string, depth: number): unknown {
  if (depth > MAX_DEPTH.arrays) throw new NotPlainError(`\`${name}\` nests deeper than ${MAX_DEPTH.arrays}`);
  if (value === null || ['boolean', 'number', 'string'].includes(typeof value)) return value;
  if (Array.isArray(value)) {
    // One by one: an array may have a length of billions and nothing in it.
    const elements: unknown[] = [];
    for (let at = 0; at < value.length; at++) {
      if (!(at in value)) throw new NotPlainError(`\`${name}[${at}]\` is a hole`);
      elements.push(withBinaries(value[at], `${name}[${at}]`, depth + 1));
    }
    return elements;
  }
  if (ArrayBuffer.isView(value)) {
    const number = ARRAYS.findIndex((type) => value instanceof type);
    if (number >= 0) return numbered(number, value as PlainArray);
  }
  const prototype = typeof value === 'object' ? Object.getPrototypeOf(value) : undefined;
  if (prototype !== null && prototype !== Object.prototype) {
    throw new NotPlainError(`\`${name}\` is ${kindOf(value)}`);
  }
  if (Object.hasOwn(value as object, PROTO)) throw new NotPlainError(`\`${name}\` has a key ${PROTO}`);
  const stated = Object.entries(value as object).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(
    stated.map(([key, inner]) => [key, withBinaries(inner, `${name}.${key}`, depth + 1)]),
  );
}

function kindOf(value: unknown): string {
  if (typeof value !== 'object') return value === undefined ? 'undefined' : `a ${typeof value}`;
  return `an object of class ${value!.constructor?.name ?? 'unknown'}`;
}

/** The number of its type, then its elements. */
function numbered(number: number, array: PlainArray): Uint8Array {
  const bytes = new Uint8Array(1 + array.byteLength);
  bytes[0] = number;
  writeLittleEndian(array, bytes.subarray(1));
  return bytes;
}

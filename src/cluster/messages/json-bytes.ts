// What is said in JSON as the bytes of a blob, the same bytes for the same words.

import { sortedJson } from '../../files/sorted-plain.js';

/** @param said plain data; numbers are finite. */
export function jsonBytes(said: object): Uint8Array {
  return new TextEncoder().encode(sortedJson(said));
}

/** What bytes say, unchecked; undefined, which no JSON says, where they are none. */
export function jsonFrom(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

// How large JavaScript's heap may become.

import { nodeBuiltin } from '../node-builtins.js';

/** What browsers give a page at the least, on a telephone. */
const UNKNOWN_BYTES = 512 * 2 ** 20;

/** Bytes at which the engine gives up. */
export function heapLimit(): number {
  return nodeBuiltin('node:v8')?.getHeapStatistics().heap_size_limit ?? UNKNOWN_BYTES;
}

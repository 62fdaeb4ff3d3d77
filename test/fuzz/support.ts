// Rounds of a fuzzer in a test.

import type { Test } from 'tap';
import { type FuzzTarget, fuzz } from '../../scripts/support/fuzz/target.js';

/** Fails with the fault, its round and its input where one of so many inputs has one. */
export async function fuzzed(t: Test, target: FuzzTarget, rounds: number): Promise<void> {
  const fault = await fuzz(target, 1, rounds);
  t.same(fault && { ...fault, input: Buffer.from(fault.input).toString('latin1') }, null);
}

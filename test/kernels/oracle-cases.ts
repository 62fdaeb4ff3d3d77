// What the tests against the oracle share: numbers with hard cases among them, and comparisons by bits.

import type { Arithmetic } from '../../src/model/spec.js';
import { integers, numbers } from './harness.js';
import { functionsOf } from './oracle-functions.js';
import { multiplyAdd } from './oracle-rounding.js';

/** The oracle in one arithmetic. */
export function oracleOf(arithmetic: Arithmetic) {
  const madd = multiplyAdd(arithmetic);
  return { madd, functions: functionsOf(madd) };
}

const HARD = [0, -0, 1, -1, 2 ** -149, -(2 ** -140), 2 ** -126, 3e-23, -2e-23, 1e15, -1e15];

/** Numbers in (−1, 1), one in 16 of them a zero, a denormal, or far from one in size. */
export function hard(count: number, seed: number): Float32Array {
  const plain = numbers(count, seed);
  const picks = integers(count, 16 * HARD.length, seed + 7919);
  return plain.map((value, at) => HARD[picks[at]!] ?? value);
}

/** The examples of a batch with those that pad it to whole octets. */
export function padded(batch: number): number {
  return Math.ceil(batch / 8) * 8;
}

/** Random sizes, each in [1, limit], whose product is at most `most`. */
export function* sizes(
  count: number,
  limits: readonly number[],
  most: number,
  seed: number,
): Generator<number[]> {
  const drawn = numbers(limits.length * count * 1000, seed);
  for (let found = 0, at = 0; found < count; at += limits.length) {
    if (at >= drawn.length) throw new RangeError(`${found} of ${count} sizes found`);
    // Small sizes, where remainders are, as often as large ones.
    const picked = limits.map((limit, place) => Math.floor(limit ** (drawn[at + place]! / 2 + 0.5)));
    if (picked.reduce((product, size) => product * size, 1) > most) continue;
    found++;
    yield picked;
  }
}

/** Where two results first differ in their bits, as text; '' when nowhere. Any NaN is as good as any other. */
export function difference(actual: ArrayLike<number>, expected: ArrayLike<number>): string {
  if (actual.length !== expected.length) return `${actual.length} numbers for ${expected.length}`;
  for (let at = 0; at < actual.length; at++) {
    if (!Object.is(actual[at], expected[at])) return `${actual[at]} for ${expected[at]} at ${at}`;
  }
  return '';
}

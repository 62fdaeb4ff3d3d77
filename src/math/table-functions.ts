// exp and log from tables, + − × and bit patterns alone, in double precision: several times as fast as functions.ts,
// nearly as exact, and as much the same bits on every engine and host. For loops over rows.

import { exp, log } from './functions.js';

/** A power of two: steps of the tables per doubling. */
const STEPS = 128;
const STEPS_PER_LN = STEPS / Math.LN2;
// ln 2 / 128 in two parts, the upper of 32 bits: n · upper is exact for |n| < 2²⁰.
const STEP_HIGH = 0.6931471803691238 / STEPS;
const STEP_LOW = 1.9082149292705877e-10 / STEPS;

/** 2^(j/128). */
const roots = Float64Array.from({ length: STEPS }, (_, j) => (j === 0 ? 1 : exp((j * Math.LN2) / STEPS)));
/** 2ᵏ for −1022 ≤ k ≤ 1023. */
const powers = new Float64Array(2046);
for (let k = 0, power = 2 ** -1022; k < 2046; k++, power *= 2) powers[k] = power;

/** Of the middle of each step of [1, 2): its inverse, and the logarithm of what that inverse is of. */
const inverses = Float64Array.from({ length: STEPS }, (_, j) => 1 / (1 + (j + 0.5) / STEPS));
const logarithms = inverses.map((inverse) => -log(inverse));

const float = new Float64Array(1);
const bits = new Uint32Array(float.buffer);

/** eˣ, within 1e-15 relative; 0 below −708, Infinity above 709. */
export function tableExp(x: number): number {
  if (!(x > -708)) return Number.isNaN(x) ? x : 0;
  if (x > 709) return Number.POSITIVE_INFINITY;
  const n = Math.floor(x * STEPS_PER_LN + 0.5);
  const r = x - n * STEP_HIGH - n * STEP_LOW;
  // |r| ≤ ln 2 / 256: what the series leaves out is below 1e-18.
  const series = 1 + r * (1 + r * (1 / 2 + r * (1 / 6 + r * (1 / 24 + r * (1 / 120)))));
  return roots[n & (STEPS - 1)]! * series * powers[(n >> 7) + 1022]!;
}

/** ln x of a normal x > 0, within 1e-15 of the larger of 1 and the result. */
export function tableLog(x: number): number {
  float[0] = x;
  const high = bits[1]!;
  const exponent = (high >>> 20) - 1023;
  bits[1] = (high & 0xfffff) | 0x3ff00000;
  const step = (high >>> 13) & (STEPS - 1);
  const r = float[0]! * inverses[step]! - 1;
  // |r| ≤ 1/256: what the series leaves out is below 1e-17.
  const series = r - r * r * (1 / 2 - r * (1 / 3 - r * (1 / 4 - r * (1 / 5 - r * (1 / 6)))));
  return exponent * 0.6931471803691238 + (exponent * 1.9082149292705877e-10 + (logarithms[step]! + series));
}

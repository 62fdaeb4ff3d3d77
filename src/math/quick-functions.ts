// The exponential and the logarithm by tables: several times as quick as those of functions.ts and less exact, for numbers
// by the million that are only compared. From operations that every host rounds alike, as those.

import { exp, log } from './functions.js';

const STEPS = 128;
const LN2 = log(2);

/** 2^(i / 128), and 2^−i down to the smallest. */
const FRACTIONS = Float64Array.from({ length: STEPS }, (_, i) => exp((i * LN2) / STEPS));
const POWERS = new Float64Array(1076);
for (let i = 0, power = 1; i < POWERS.length; i++, power /= 2) POWERS[i] = power;

/** ln c and 1/c of the middles c of 128 parts of [1, 2). */
const MIDDLES = Float64Array.from({ length: STEPS }, (_, i) => 1 + (i + 0.5) / STEPS);
const LOGARITHMS = MIDDLES.map((middle) => log(middle));
const INVERSES = MIDDLES.map((middle) => 1 / middle);

const number = new Float64Array(1);
const words = new Uint32Array(number.buffer);

/** eˣ for x ≤ 0, within 1e-12 relative where it is not subnormal; 0 below −745. */
export function quickExp(x: number): number {
  if (x < -745) return 0;
  const steps = Math.floor((x * STEPS) / LN2);
  const r = x - (steps * LN2) / STEPS;
  const series = 1 + r * (1 + r * (1 / 2 + r * (1 / 6 + r * (1 / 24))));
  const whole = steps >> 7;
  return FRACTIONS[steps & (STEPS - 1)]! * series * POWERS[-whole]!;
}

/** The natural logarithm of a normal double above 0, within 1e-12 absolute. */
export function quickLog(x: number): number {
  number[0] = x;
  const high = words[1]!;
  const exponent = (high >>> 20) - 1023;
  words[1] = (high & 0xfffff) | 0x3ff00000;
  const part = (high >>> 13) & (STEPS - 1);
  const r = number[0]! * INVERSES[part]! - 1;
  const series = r * (1 - r * (1 / 2 - r * (1 / 3 - r * (1 / 4 - r * (1 / 5)))));
  return exponent * LN2 + LOGARITHMS[part]! + series;
}

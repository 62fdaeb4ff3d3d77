// The kernels of submodels as docs/ARITHMETIC.md defines them, a number at a time.
import { slopeAt } from './oracle-dense.js';
import type { Functions } from './oracle-functions.js';
import { chain, f32, type MultiplyAdd, pmax } from './oracle-rounding.js';

/** What one submodel makes of a number; null for what it does not have. */
export function scaled(
  madd: MultiplyAdd,
  x: number,
  factor: number | null,
  shift: number | null,
  slope: number,
): number {
  const product = factor === null ? x : f32(x * factor);
  const sum = shift === null ? product : f32(product + shift);
  const z = factor !== null && shift !== null ? madd(x, factor, shift) : sum;
  if (slope === 1) return z;
  return pmax(f32(z * slope), z);
}

/** The sum of examples that come in whole octets. */
export function octetSum(terms: number, add: (sum: number, octet: number, lane: number) => number): number {
  const c = Array.from({ length: 8 }, (_, lane) => chain(terms, 0, (sum, octet) => add(sum, octet, lane)));
  const t = [0, 1, 2, 3].map((lane) => f32(c[lane]! + c[lane + 4]!));
  return f32(f32(t[0]! + t[2]!) + f32(t[1]! + t[3]!));
}

/** The gradient of one number from those of its copies, one per factor; without factors all are 1. */
export function gathered(
  madd: MultiplyAdd,
  dz: readonly number[],
  factors: readonly number[] | null,
  h: number,
  slope: number,
): number {
  const sum = chain(dz.length, 0, (s, j) =>
    factors === null ? f32(s + dz[j]!) : madd(dz[j]!, factors[j]!, s),
  );
  return slope === 1 ? sum : f32(sum * slopeAt(h, slope));
}

export function mean(
  { logPositive, expNegative }: Functions,
  z: readonly number[],
  ofProbabilities: boolean,
) {
  const k = z.length;
  if (!ofProbabilities) return f32(chain(k, 0, (s, j) => f32(s + z[j]!)) * f32(1 / k));
  const highest = z.reduce((m, value) => pmax(m, value));
  const sum = chain(k, 0, (s, j) => f32(s + expNegative(f32(z[j]! - highest))));
  return f32(f32(logPositive(sum) + highest) - logPositive(k));
}

// The tails of the normal distribution, from the deterministic functions of functions.ts.

import { exp } from './functions.js';

/** From here on the continued fraction takes fewer terms than the series, and loses no digits. */
const TAIL = 2.5;
/** Enough for 1e-14 relative at {@link TAIL}, where the fraction converges most slowly. */
const FRACTION_TERMS = 140;

/**
 * The probability of a standard normal deviate of at least |z|, in either direction: within 1e-13 relative; NaN for
 * NaN, 0 beyond |z| = 38.6.
 *
 * Φ's series about 0 below 2.5, Laplace's continued fraction for the tail above.
 *
 * **Source:** Marsaglia 2004, Evaluating the normal distribution, Journal of Statistical Software 11(4);
 * Abramowitz and Stegun 1964, 26.2.14.
 */
export function twoSidedNormal(z: number): number {
  const x = Math.abs(z);
  const density = exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  if (x === Number.POSITIVE_INFINITY) return 0;
  if (x < TAIL) {
    let term = x;
    let series = x;
    for (let n = 3; term > series * 1e-17; n += 2) {
      term *= (x * x) / n;
      series += term;
    }
    return 1 - 2 * density * series;
  }
  let fraction = x;
  for (let n = FRACTION_TERMS; n >= 1; n--) fraction = x + n / fraction;
  return (2 * density) / fraction;
}

// The tails of the normal distribution, from the deterministic functions of functions.ts.

import { exp, log } from './functions.js';

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

/** Rational approximations of the normal quantile about the centre, and of both parts of the tail. */
export const NORMAL_CENTRE = [
  [
    3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987,
    67265.7709270087, 33430.57558358813, 2509.0809287301227,
  ],
  [
    1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271,
    28729.085735721943, 5226.495278852854,
  ],
] as const;
export const NORMAL_TAIL = [
  [
    1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684,
    0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
  ],
  [
    1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457,
    0.0005475938084995345, 1.0507500716444169e-9,
  ],
] as const;
const FAR_TAIL = [
  [
    6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124,
    0.0012426609473880784, 0.000027115555687434876, 2.0103343992922881e-7,
  ],
  [
    1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133,
    0.000018463183175100548, 1.421511758316446e-7, 2.0442631033899397e-15,
  ],
] as const;

/**
 * The deviate below which a standard normal one lies with probability p, in (0, 1), within 1e-15 relative; ∓∞ at 0 and 1.
 *
 * **Source:** Wichura 1988, Algorithm AS 241: the percentage points of the normal distribution, PPND16.
 */
export function normalQuantile(p: number): number {
  if (p === 0 || p === 1) return p === 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) return q * ratio(NORMAL_CENTRE, 0.180625 - q * q);
  const root = Math.sqrt(-log(Math.min(p, 1 - p)));
  const size = root <= 5 ? ratio(NORMAL_TAIL, root - 1.6) : ratio(FAR_TAIL, root - 5);
  return q < 0 ? -size : size;
}

function ratio([above, below]: readonly [readonly number[], readonly number[]], x: number): number {
  return polynomial(above, x) / polynomial(below, x);
}

function polynomial(terms: readonly number[], x: number): number {
  let sum = 0;
  for (let at = terms.length - 1; at >= 0; at--) sum = sum * x + terms[at]!;
  return sum;
}

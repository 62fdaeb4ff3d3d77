// The tails of Student's t, from the deterministic functions of functions.ts.

import { exp, log } from './functions.js';

/** Coefficients of Lanczos's approximation with g = 7. */
const LANCZOS = [
  0.9999999999998099, 676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406,
  12.507343278686905, -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
];

/** ln Γ(x) for x ≥ ½, within 1e-13. **Source:** Lanczos 1964; Press et al., Numerical Recipes, 6.1. */
function logGamma(x: number): number {
  const shifted = x - 1;
  let series = LANCZOS[0]!;
  for (let i = 1; i < LANCZOS.length; i++) series += LANCZOS[i]! / (shifted + i);
  const t = shifted + 7.5;
  return 0.5 * log(2 * Math.PI) + (shifted + 0.5) * log(t) - t + log(series);
}

const MOST_TERMS = 500;
const TINY = 1e-300;

/** The continued fraction of the incomplete beta function, by Lentz's method. */
function betaFraction(a: number, b: number, x: number): number {
  let c = 1;
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m <= MOST_TERMS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonZero(1 + even * d);
    c = nonZero(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonZero(1 + odd * d);
    c = nonZero(1 + odd / c);
    const factor = d * c;
    fraction *= factor;
    if (Math.abs(factor - 1) < 1e-15) break;
  }
  return fraction;
}

function nonZero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}

/** I_x(a, b) for a, b ≥ ½. **Source:** Press et al., Numerical Recipes, 6.4. */
function incompleteBeta(a: number, b: number, x: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * log(x) + b * log(1 - x));
  return x < (a + 1) / (a + b + 2)
    ? (front * betaFraction(a, b, x)) / a
    : 1 - (front * betaFraction(b, a, 1 - x)) / b;
}

/** The probability that Student's t of `freedom` ≥ 1 degrees exceeds `t`: within 1e-11; NaN for NaN. */
export function upperStudent(t: number, freedom: number): number {
  if (Number.isNaN(t)) return t;
  if (t === Number.POSITIVE_INFINITY) return 0;
  const tail = 0.5 * incompleteBeta(freedom / 2, 0.5, freedom / (freedom + t * t));
  return t >= 0 ? tail : 1 - tail;
}

/** The t that is exceeded with probability `tail`, in (0, ½], by bisection: within 1e-10. */
export function studentQuantile(tail: number, freedom: number): number {
  let high = 1;
  while (upperStudent(high, freedom) > tail && high < 1e12) high *= 2;
  let low = 0;
  for (let step = 0; step < 200 && high - low > 1e-11 * high; step++) {
    const middle = (low + high) / 2;
    if (upperStudent(middle, freedom) > tail) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

// Transcendental functions as polynomials of +, −, ×, ÷ and bit operations, four lanes at once: the same
// bits on every host, which Math.* and libm do not promise. Errors are stated for strict and fused alike and
// checked over dense sweeps by test/kernels/functions.test.ts.
// **Source:** the polynomials are those of Cephes (Moshier 1989), erf's is Eigen's rational minimax.
import { madd, splat, zero } from './vector';

const LOG2_E: f32 = 1.44269504;
// ln 2 in two parts, the first short enough for n·LN2_HIGH to be exact.
const LN2_HIGH: f32 = 0.693359375;
const LN2_LOW: f32 = -2.12194440e-4;
const ROUNDER: f32 = 12582912; // 1.5·2²³: adding it leaves the nearest integer in the low bits

/** e^r − 1 for |r| ≤ ln 2 / 2. */
// @ts-ignore: decorator
@inline
function expReducedLess1(r: v128): v128 {
  let p = madd(splat(1.9875691500e-4), r, splat(1.3981999507e-3));
  p = madd(p, r, splat(8.3334519073e-3));
  p = madd(p, r, splat(4.1665795894e-2));
  p = madd(p, r, splat(1.6666665459e-1));
  p = madd(p, r, splat(5.0000001201e-1));
  return madd(p, f32x4.mul(r, r), r);
}

/** e^r for |r| ≤ ln 2 / 2. */
// @ts-ignore: decorator
@inline
function expReduced(r: v128): v128 {
  return f32x4.add(expReducedLess1(r), splat(1));
}

/** x·log₂e rounded to an integer n, as ROUNDER + n. */
// @ts-ignore: decorator
@inline
function roundedExponent(x: v128): v128 {
  return f32x4.add(f32x4.mul(x, splat(LOG2_E)), splat(ROUNDER));
}

// @ts-ignore: decorator
@inline
function reduce(x: v128, n: v128): v128 {
  return madd(n, splat(-LN2_LOW), madd(n, splat(-LN2_HIGH), x));
}

/** 2ⁿ for an integer vector n in [−126, 127]. */
// @ts-ignore: decorator
@inline
function power2(n: v128): v128 {
  return i32x4.shl(i32x4.add(n, i32x4.splat(127)), 23);
}

/**
 * e^x for x ≤ 0, exactly 0 below about 2⁻⁴⁰ (x < −27.725887): probabilities that small are not worth the
 * denormal gradients they would breed. Within 2 ulp; NaN stays NaN.
 */
// @ts-ignore: decorator
@inline
export function expNegative(x: v128): v128 {
  const rounded = roundedExponent(x);
  const r = reduce(x, f32x4.sub(rounded, splat(ROUNDER)));
  const value = f32x4.mul(expReduced(r), power2(i32x4.sub(rounded, i32x4.splat(0x4b400000))));
  return v128.andnot(value, f32x4.lt(x, splat(-27.725887)));
}

/** e^x − 1 for x ≤ 0, within 3 ulp, exactly −1 below about 2⁻⁴⁰ (x < −27.725887); NaN stays NaN. */
// @ts-ignore: decorator
@inline
export function expNegativeLess1(x: v128): v128 {
  const rounded = roundedExponent(x);
  const r = reduce(x, f32x4.sub(rounded, splat(ROUNDER)));
  // 2ⁿ (e^r − 1) + (2ⁿ − 1): near 0, where n is, nothing is lost.
  const scale = power2(i32x4.sub(rounded, i32x4.splat(0x4b400000)));
  const value = madd(scale, expReducedLess1(r), f32x4.sub(scale, splat(1)));
  return v128.bitselect(splat(-1), value, f32x4.lt(x, splat(-27.725887)));
}

/** e^x for any x, within 2 ulp; 0 below 2⁻¹²⁶ (x < −87.33654), ∞ from x = 88.72284 on; NaN stays NaN. */
// @ts-ignore: decorator
@inline
export function expAny(x: v128): v128 {
  const clamped = f32x4.pmin(f32x4.pmax(x, splat(-87.4)), splat(89));
  const rounded = roundedExponent(clamped);
  const r = reduce(clamped, f32x4.sub(rounded, splat(ROUNDER)));
  // 2ⁿ in two factors, because 2¹²⁸ is no float though e^x may still be one.
  const n = i32x4.sub(rounded, i32x4.splat(0x4b400000));
  const half = i32x4.shr_s(n, 1);
  const value = f32x4.mul(f32x4.mul(expReduced(r), power2(half)), power2(i32x4.sub(n, half)));
  return v128.andnot(value, f32x4.lt(x, splat(-87.33654)));
}

/** ln x for normal positive x, within 2 ulp of the result plus 2⁻²⁶; NaN stays NaN. */
// @ts-ignore: decorator
@inline
export function logPositive(x: v128): v128 {
  // x = m·2ᵉ with m in [√½, √2).
  const offset = i32x4.sub(x, i32x4.splat(0x3f3504f3));
  const e = f32x4.convert_i32x4_s(i32x4.shr_s(offset, 23));
  const m = i32x4.add(v128.and(offset, i32x4.splat(0x007fffff)), i32x4.splat(0x3f3504f3));
  const t = f32x4.sub(m, splat(1));
  const square = f32x4.mul(t, t);
  let p = madd(splat(7.0376836292e-2), t, splat(-1.1514610310e-1));
  p = madd(p, t, splat(1.1676998740e-1));
  p = madd(p, t, splat(-1.2420140846e-1));
  p = madd(p, t, splat(1.4249322787e-1));
  p = madd(p, t, splat(-1.6668057665e-1));
  p = madd(p, t, splat(2.0000714765e-1));
  p = madd(p, t, splat(-2.4999993993e-1));
  p = madd(p, t, splat(3.3333331174e-1));
  let y = f32x4.mul(f32x4.mul(p, t), square);
  y = madd(e, splat(LN2_LOW), y);
  y = madd(splat(-0.5), square, y);
  const value = madd(e, splat(LN2_HIGH), f32x4.add(t, y));
  return v128.bitselect(value, x, f32x4.eq(x, x));
}

/** ln(1 + u) for u in [0, 1], within 3 ulp: the rounding of 1 + u is put back to first order. */
// @ts-ignore: decorator
@inline
export function log1p(u: v128): v128 {
  const sum = f32x4.add(splat(1), u);
  const lost = f32x4.sub(u, f32x4.sub(sum, splat(1)));
  return f32x4.add(logPositive(sum), f32x4.div(lost, sum));
}

/** 1 / (1 + e⁻ˣ), within 3 ulp, exactly 0 for x < −27.725887. */
// @ts-ignore: decorator
@inline
export function sigmoid(x: v128): v128 {
  const e = expNegative(f32x4.neg(f32x4.abs(x)));
  const numerator = v128.bitselect(e, splat(1), f32x4.lt(x, zero()));
  return f32x4.div(numerator, f32x4.add(splat(1), e));
}

/** ln(1 + eˣ), within 4 ulp, exactly 0 for x < −27.725887. */
// @ts-ignore: decorator
@inline
export function softplus(x: v128): v128 {
  const tail = log1p(expNegative(f32x4.neg(f32x4.abs(x))));
  return f32x4.add(f32x4.pmax(x, zero()), tail);
}

/** tanh x, within 3 ulp: an odd polynomial below 0.625, 1 − 2e/(1 + e) with e = e^(−2|x|) above. */
// @ts-ignore: decorator
@inline
export function tanh(x: v128): v128 {
  const magnitude = f32x4.abs(x);
  const e = expNegative(f32x4.mul(splat(-2), magnitude));
  const large = f32x4.sub(splat(1), f32x4.div(f32x4.add(e, e), f32x4.add(splat(1), e)));
  const square = f32x4.mul(x, x);
  let p = madd(splat(-5.70498872745e-3), square, splat(2.06390887954e-2));
  p = madd(p, square, splat(-5.37397155531e-2));
  p = madd(p, square, splat(1.33314422036e-1));
  p = madd(p, square, splat(-3.33332819422e-1));
  const small = madd(f32x4.mul(p, square), magnitude, magnitude);
  const value = v128.bitselect(small, large, f32x4.lt(magnitude, splat(0.625)));
  return v128.or(value, v128.and(x, i32x4.splat(0x80000000)));
}

/** erf x, within 2⁻²¹ absolute: x·P(x²)/Q(x²) on |x| ≤ 4, constant beyond. */
// @ts-ignore: decorator
@inline
export function erf(x: v128): v128 {
  const t = f32x4.pmin(f32x4.pmax(x, splat(-4)), splat(4));
  const square = f32x4.mul(t, t);
  let p = madd(splat(-2.72614225801306e-10), square, splat(2.77068142495902e-8));
  p = madd(p, square, splat(-2.10102402082508e-6));
  p = madd(p, square, splat(-5.69250639462346e-5));
  p = madd(p, square, splat(-7.34990630326855e-4));
  p = madd(p, square, splat(-2.95459980854025e-3));
  p = madd(p, square, splat(-1.60960333262415e-2));
  let q = madd(splat(-1.45660718464996e-5), square, splat(-2.13374055278905e-4));
  q = madd(q, square, splat(-1.68282697438203e-3));
  q = madd(q, square, splat(-7.37332916720468e-3));
  q = madd(q, square, splat(-1.42647390514189e-2));
  return f32x4.div(f32x4.mul(t, p), q);
}

/** Whole vectors first, then single values through one lane. */
export function exp(input: usize, out: usize, count: i32, width: i32): void {
  count *= width;
  for (; count >= 4; count -= 4, input += 16, out += 16) v128.store(out, expAny(v128.load(input)));
  for (; count > 0; count--, input += 4, out += 4) store<f32>(out, f32x4.extract_lane(expAny(v128.load32_splat(input)), 0));
}

// Transcendental functions as polynomials of +, −, ×, ÷ and bit operations: the twin of assembly/functions.ts, which says how exact
// they are.
// **Source:** the polynomials are those of Cephes (Moshier 1989), erf's is Eigen's rational minimax.
#ifndef TUTTI_FUNCTIONS_H
#define TUTTI_FUNCTIONS_H

#include "lanes.h"

static const float LOG2_E = 1.44269504f;
// ln 2 in two parts, the first short enough for n·LN2_HIGH to be exact.
static const float LN2_HIGH = 0.693359375f;
static const float LN2_LOW = -2.12194440e-4f;
static const float ROUNDER = 12582912.0f; // 1.5·2²³: adding it leaves the nearest integer in the low bits
enum { ROUNDER_BITS = 0x4b400000 };

/** The polynomial with these coefficients, that of the highest power first, by Horner's rule. */
#define HORNER(x, ...) horner((x), (const float[]){__VA_ARGS__}, sizeof((const float[]){__VA_ARGS__}) / sizeof(float))
INLINE W horner(W x, const float *coefficients, size_t count) {
  W p = wide_splat(coefficients[0]);
  UNROLL for (size_t i = 1; i < count; i++) p = wide_madd(p, x, wide_splat(coefficients[i]));
  return p;
}

/** e^r − 1 for x = n ln 2 + r; `rounded` is ROUNDER + n. */
INLINE W exp_reduced_less_1(W x, W rounded) {
  const W n = rounded - wide_splat(ROUNDER);
  const W r = wide_madd(n, wide_splat(-LN2_LOW), wide_madd(n, wide_splat(-LN2_HIGH), x));
  const W p = HORNER(r, 1.9875691500e-4f, 1.3981999507e-3f, 8.3334519073e-3f, 4.1665795894e-2f, 1.6666665459e-1f, 5.0000001201e-1f);
  return wide_madd(p, r * r, r);
}

/** e^r of the same. */
INLINE W exp_reduced(W x, W rounded) { return exp_reduced_less_1(x, rounded) + wide_splat(1); }

/** x·log₂e rounded to an integer n, as ROUNDER + n. */
INLINE W rounded_exponent(W x) { return x * wide_splat(LOG2_E) + wide_splat(ROUNDER); }

/** 2ⁿ for n in [−126, 127]. */
INLINE W power_of_2(K n) { return (W)((n + 127) << 23); }

/** e^x for x ≤ 0, exactly 0 for x < −27.725887; NaN stays NaN. */
INLINE W exp_negative(W x) {
  const W rounded = rounded_exponent(x);
  const W value = exp_reduced(x, rounded) * power_of_2((K)rounded - ROUNDER_BITS);
  return wide_clear_where(value, x < wide_splat(-27.725887f));
}

/** e^x − 1 for x ≤ 0, exactly −1 for x < −27.725887; NaN stays NaN. */
INLINE W exp_negative_less_1(W x) {
  const W rounded = rounded_exponent(x);
  // 2ⁿ (e^r − 1) + (2ⁿ − 1): near 0, where n is, nothing is lost.
  const W scale = power_of_2((K)rounded - ROUNDER_BITS);
  const W value = wide_madd(scale, exp_reduced_less_1(x, rounded), scale - wide_splat(1));
  return wide_choose(x < wide_splat(-27.725887f), wide_splat(-1), value);
}

/** e^x for any x; 0 for x < −87.33654, ∞ from 88.72284 on; NaN stays NaN. */
INLINE W exp_any(W x) {
  const W clamped = wide_pmin(wide_pmax(x, wide_splat(-87.4f)), wide_splat(89));
  const W rounded = rounded_exponent(clamped);
  // 2ⁿ in two factors, because 2¹²⁸ is no float though e^x may still be one.
  const K n = (K)rounded - ROUNDER_BITS, half = (K)((J)n >> 1);
  const W value = exp_reduced(clamped, rounded) * power_of_2(half) * power_of_2(n - half);
  return wide_clear_where(value, x < wide_splat(-87.33654f));
}

/** ln x for normal positive x; NaN stays NaN. */
INLINE W ln(W x) {
  // x = m·2ᵉ with m in [√½, √2).
  const K offset = (K)x - 0x3f3504f3;
  const W e = wide_to_float((J)offset >> 23);
  const W t = (W)((offset & 0x007fffff) + 0x3f3504f3) - wide_splat(1);
  const W square = t * t;
  const W p = HORNER(t, 7.0376836292e-2f, -1.1514610310e-1f, 1.1676998740e-1f, -1.2420140846e-1f, 1.4249322787e-1f,
    -1.6668057665e-1f, 2.0000714765e-1f, -2.4999993993e-1f, 3.3333331174e-1f);
  W y = wide_madd(e, wide_splat(LN2_LOW), p * t * square);
  y = wide_madd(wide_splat(-0.5f), square, y);
  return wide_choose(x == x, wide_madd(e, wide_splat(LN2_HIGH), t + y), x);
}

/** ln(1 + u) for u in [0, 1]: the rounding of 1 + u is put back to first order. */
INLINE W ln_of_1_plus(W u) {
  const W sum = wide_splat(1) + u;
  const W lost = u - (sum - wide_splat(1));
  return ln(sum) + lost / sum;
}

/** 1 / (1 + e⁻ˣ), exactly 0 for x < −27.725887. */
INLINE W sigmoid(W x) {
  const W e = exp_negative(-wide_magnitude(x));
  return wide_choose(x < 0, e, wide_splat(1)) / (wide_splat(1) + e);
}

/** ln(1 + eˣ), exactly 0 for x < −27.725887. */
INLINE W softplus(W x) {
  const W tail = ln_of_1_plus(exp_negative(-wide_magnitude(x)));
  return wide_pmax(x, (W){0}) + tail;
}

/** tanh x: an odd polynomial below 0.625, 1 − 2e/(1 + e) with e = e^(−2|x|) above. */
INLINE W hyperbolic_tangent(W x) {
  const W size = wide_magnitude(x);
  const W e = exp_negative(wide_splat(-2) * size);
  const W large = wide_splat(1) - (e + e) / (wide_splat(1) + e);
  const W square = x * x;
  const W p = HORNER(square, -5.70498872745e-3f, 2.06390887954e-2f, -5.37397155531e-2f, 1.33314422036e-1f, -3.33332819422e-1f);
  const W small = wide_madd(p * square, size, size);
  const W value = wide_choose(size < wide_splat(0.625f), small, large);
  return (W)((J)value | ((J)x & INT32_MIN));
}

/** erf x: x·P(x²)/Q(x²) on |x| ≤ 4, constant beyond. */
INLINE W error_function(W x) {
  const W t = wide_pmin(wide_pmax(x, wide_splat(-4)), wide_splat(4));
  const W square = t * t;
  const W p = HORNER(square, -2.72614225801306e-10f, 2.77068142495902e-8f, -2.10102402082508e-6f, -5.69250639462346e-5f,
    -7.34990630326855e-4f, -2.95459980854025e-3f, -1.60960333262415e-2f);
  const W q = HORNER(square, -1.45660718464996e-5f, -2.13374055278905e-4f, -1.68282697438203e-3f, -7.37332916720468e-3f,
    -1.42647390514189e-2f);
  return t * p / q;
}

/** σ² of a Gaussian head's raw output; the floor keeps 1/σ² below 10⁶. */
INLINE W variance_of(W raw) { return softplus(raw) + wide_splat(1e-6f); }

#endif

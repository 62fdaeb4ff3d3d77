// exp, log and cos from + − × ÷ and bit patterns alone, in double precision.
// ECMAScript leaves Math.exp and its kin to the engine; these give the same bits on every engine and host,
// which whatever enters a member's bytes needs (schedules, noise). Kernels have their own in single precision.

const LN2_HIGH = 0.6931471803691238; // upper 32 bits of ln 2: k · LN2_HIGH is exact for |k| < 2²⁰
const LN2_LOW = 1.9082149292705877e-10; // ln 2 − LN2_HIGH
const INVERSE_HALF_PI = 0.6366197723675814;
// π/2 in three parts of 33 bits, so that n · part is exact for n < 2²⁰, and the rest.
const HALF_PI_1 = 1.5707963267341256;
const HALF_PI_2 = 6.077100506303966e-11;
const HALF_PI_3 = 2.0222662487111665e-21;
const HALF_PI_REST = 8.4784276603689e-32;
/** Largest |x| whose quadrant number stays below 2²⁰. */
const COS_LIMIT = 1647099;

const float = new Float64Array(1);
const bits = new Uint32Array(float.buffer); // [low word, high word] on the little-endian hosts Node runs on

/** 2ᵏ for −1022 ≤ k ≤ 1023, exactly. */
function powerOfTwo(k: number): number {
  bits[0] = 0;
  bits[1] = (k + 1023) << 20;
  return float[0]!;
}

/**
 * eˣ, within 1e-15 relative (where the result is not subnormal); 0 below −745.2, Infinity above 709.78.
 *
 * x = k ln 2 + r with |r| ≤ ½ ln 2, then the Taylor series of eʳ to degree 13 (remainder < 5e-18).
 */
export function exp(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x > 709.79) return Number.POSITIVE_INFINITY;
  if (x < -745.2) return 0;
  const k = Math.floor(x * Math.LOG2E + 0.5);
  const r = x - k * LN2_HIGH - k * LN2_LOW;
  let series = 1;
  for (let n = 13; n >= 1; n--) series = 1 + (series * r) / n;
  // Two factors, because 2ᵏ alone leaves the range of doubles at both ends.
  const half = k >> 1;
  return series * powerOfTwo(half) * powerOfTwo(k - half);
}

/**
 * The natural logarithm, within 1e-15 relative; −Infinity at 0, NaN below.
 *
 * x = m 2ᵉ with √½ ≤ m < √2, s = (m − 1)/(m + 1), ln m = 2(s + s³/3 + … + s²³/23) (|s| ≤ 0.1716).
 */
export function log(x: number): number {
  if (x === 0) return Number.NEGATIVE_INFINITY;
  if (!(x > 0) || x === Number.POSITIVE_INFINITY) return x > 0 ? x : Number.NaN;
  let exponent = 0;
  float[0] = x;
  if (bits[1]! >>> 20 === 0) {
    float[0] = x * 18014398509481984; // 2⁵⁴ lifts subnormals into the normal range
    exponent = -54;
  }
  exponent += (bits[1]! >>> 20) - 1023;
  bits[1] = (bits[1]! & 0xfffff) | 0x3ff00000;
  let m = float[0]!;
  if (m > Math.SQRT2) {
    m *= 0.5;
    exponent += 1;
  }
  const s = (m - 1) / (m + 1);
  const square = s * s;
  let series = 0;
  for (let n = 23; n >= 3; n -= 2) series = square * (1 / n + series);
  return exponent * LN2_HIGH + (exponent * LN2_LOW + (2 * s + 2 * s * series));
}

/**
 * The cosine of x radians, within 1e-15 absolute, for |x| ≤ 1.6 million; NaN beyond.
 *
 * x = n π/2 + r with |r| ≤ π/4, then the Taylor series of cos or sin r (remainder < 3e-18).
 */
export function cos(x: number): number {
  if (!(Math.abs(x) <= COS_LIMIT)) return Number.NaN;
  const n = Math.floor(x * INVERSE_HALF_PI + 0.5);
  const r = x - n * HALF_PI_1 - n * HALF_PI_2 - n * HALF_PI_3 - n * HALF_PI_REST;
  const quadrant = n & 3;
  if (quadrant === 0) return cosSeries(r);
  if (quadrant === 1) return -sinSeries(r);
  return quadrant === 2 ? -cosSeries(r) : sinSeries(r);
}

function cosSeries(r: number): number {
  const square = r * r;
  let series = 1;
  for (let n = 16; n >= 2; n -= 2) series = 1 - (series * square) / (n * (n - 1));
  return series;
}

function sinSeries(r: number): number {
  const square = r * r;
  let series = 1;
  for (let n = 17; n >= 3; n -= 2) series = 1 - (series * square) / (n * (n - 1));
  return r * series;
}

const LOW_BITS = 5;

/** The same as {@link integerPower} for many exponents, from squares that are computed once. */
export function powersOf(base: number): (exponent: number) => number {
  const squares = new Float64Array(32);
  for (let bit = 0, square = base; bit < 32; bit++, square *= square) squares[bit] = square;
  // The products of the lowest squares, which every power begins with.
  const low = new Float64Array(1 << LOW_BITS).fill(1);
  for (let bit = 0; bit < LOW_BITS; bit++) {
    for (let rest = 0; rest < 1 << bit; rest++) low[(1 << bit) + rest] = low[rest]! * squares[bit]!;
  }
  return (exponent) => {
    let power = low[exponent & ((1 << LOW_BITS) - 1)]!;
    for (let bit = LOW_BITS, rest = exponent >>> LOW_BITS; rest !== 0; bit++, rest >>>= 1) {
      if ((rest & 1) === 1) power *= squares[bit]!;
    }
    return power;
  };
}

/** base^exponent, an integer in [0, 2³²), by squaring: the same bits everywhere, which Math.pow does not promise. */
export function integerPower(base: number, exponent: number): number {
  let power = (exponent & 1) === 1 ? base : 1;
  // No square more than is needed: one that nothing takes may be so small that it takes long.
  for (let square = base, rest = exponent >>> 1; rest !== 0; rest >>>= 1) {
    square *= square;
    if ((rest & 1) === 1) power *= square;
  }
  return power;
}

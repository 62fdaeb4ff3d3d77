// The functions of docs/ARITHMETIC.md, one number at a time.
import type { SmoothActivation } from '../../src/kernels/activation-kind.js';
import { f32, type MultiplyAdd, pmax, pmin } from './oracle-rounding.js';

const float = new Float32Array(1);
const int = new Int32Array(float.buffer);

function bitsOf(x: number): number {
  float[0] = x;
  return int[0]!;
}

function fromBits(value: number): number {
  int[0] = value;
  return float[0]!;
}

const LOG2_E = f32(Math.LOG2E);
const LN2_HIGH = 0.693359375;
const LN2_LOW = f32(-2.1219444e-4);
const ROUNDER = 12582912;
const SMALLEST_EXPONENT = f32(-27.725887);

/** The polynomial with these coefficients, the highest first, by Horner's rule. */
function horner(madd: MultiplyAdd, x: number, [first, ...rest]: readonly number[]): number {
  return rest.reduce((sum, coefficient) => madd(sum, x, f32(coefficient)), f32(first!));
}

const EXP = [
  1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1,
];
const LOG = [
  ...[7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1],
  ...[-1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1],
];
const TANH = [-5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1, -3.33332819422e-1];
const ERF_TOP = [
  ...[-2.72614225801306e-10, 2.77068142495902e-8, -2.10102402082508e-6, -5.69250639462346e-5],
  ...[-7.34990630326855e-4, -2.95459980854025e-3, -1.60960333262415e-2],
];
const ERF_BOTTOM = [
  ...[-1.45660718464996e-5, -2.13374055278905e-4, -1.68282697438203e-3, -7.37332916720468e-3],
  -1.42647390514189e-2,
];
/** λ and λα. */
const SELU_SCALE = f32(1.0507009873554805);
const SELU_DEPTH = f32(1.0507009873554805 * 1.6732632423543772);
const SINE = [2.7557319224e-6, -1.9841269841e-4, 8.3333333333e-3, -1.6666666667e-1];
const COSINE = [2.4801587302e-5, -1.3888888889e-3, 4.1666666667e-2, -0.5, 1];

const square = (x: number) => f32(x * x);

/** The functions in one arithmetic. */
export interface Functions {
  expNegative(x: number): number;
  exp(x: number): number;
  logPositive(x: number): number;
  sigmoid(x: number): number;
  softplus(x: number): number;
  tanh(x: number): number;
  erf(x: number): number;
  /** Of an angle of at most π/4. */
  sine(x: number): number;
  cosine(x: number): number;
  activation(kind: SmoothActivation, z: number): { value: number; derivative: number; second: number };
}

export function functionsOf(madd: MultiplyAdd): Functions {
  /** n and e^(x − n ln 2), |n| < 2²². */
  const reduced = (x: number) => {
    const n = f32(f32(f32(x * LOG2_E) + ROUNDER) - ROUNDER);
    const r = madd(n, -LN2_LOW, madd(n, -LN2_HIGH, x));
    const less1 = madd(horner(madd, r, EXP), square(r), r);
    return { n, less1, e: f32(less1 + 1) };
  };
  const expNegative = (x: number) => {
    if (x < SMALLEST_EXPONENT) return 0;
    const { n, e } = reduced(x);
    return f32(e * 2 ** n);
  };
  const expNegativeLess1 = (x: number) => {
    if (x < SMALLEST_EXPONENT) return -1;
    const { n, less1 } = reduced(x);
    return madd(2 ** n, less1, f32(2 ** n - 1));
  };
  const exp = (x: number) => {
    if (x < f32(-87.33654)) return 0;
    const { n, e } = reduced(pmin(pmax(x, f32(-87.4)), 89));
    const half = Math.floor(n / 2);
    return f32(f32(e * 2 ** half) * 2 ** (n - half));
  };
  const logPositive = (x: number) => {
    if (Number.isNaN(x)) return x;
    const offset = (bitsOf(x) - 0x3f3504f3) | 0;
    const e = offset >> 23;
    const t = f32(fromBits((offset & 0x7fffff) + 0x3f3504f3) - 1);
    const tail = madd(e, LN2_LOW, f32(f32(horner(madd, t, LOG) * t) * square(t)));
    return madd(e, LN2_HIGH, f32(t + madd(-0.5, square(t), tail)));
  };
  const log1p = (u: number) => {
    const sum = f32(1 + u);
    return f32(logPositive(sum) + f32(f32(u - f32(sum - 1)) / sum));
  };
  const sigmoid = (x: number) => {
    const e = expNegative(-Math.abs(x));
    return f32((x < 0 ? e : 1) / f32(1 + e));
  };
  const softplus = (x: number) => f32(pmax(x, 0) + log1p(expNegative(-Math.abs(x))));
  const tanh = (x: number) => {
    const size = Math.abs(x);
    const e = expNegative(f32(-2 * size));
    const large = f32(1 - f32(f32(e + e) / f32(1 + e)));
    const small = madd(f32(horner(madd, square(x), TANH) * square(x)), size, size);
    const value = size < 0.625 ? small : large;
    return x < 0 || Object.is(x, -0) ? -value : value;
  };
  const erf = (x: number) => {
    const t = pmin(pmax(x, -4), 4);
    return f32(f32(t * horner(madd, square(t), ERF_TOP)) / horner(madd, square(t), ERF_BOTTOM));
  };
  const sine = (a: number) => madd(f32(horner(madd, square(a), SINE) * square(a)), a, a);
  const cosine = (a: number) => horner(madd, square(a), COSINE);

  const density = (exponent: number) => f32(f32(0.39894228) * expNegative(exponent));
  const activation = (kind: SmoothActivation, z: number) => {
    if (kind === 'tanh') {
      const y = tanh(z);
      const slope = f32(f32(1 - y) * f32(1 + y));
      return { value: y, derivative: slope, second: f32(-2 * f32(y * slope)) };
    }
    if (kind === 'gelu') {
      const phi = madd(0.5, erf(f32(z * f32(Math.SQRT1_2))), 0.5);
      const curvature = f32(2 - Math.min(square(z), 1000));
      return {
        value: f32(z * phi),
        derivative: madd(z, density(f32(f32(-0.5 * z) * z)), phi),
        second: f32(density(f32(-0.5 * square(z))) * curvature),
      };
    }
    if (kind === 'selu') {
      const low = pmin(z, 0);
      const tail = f32(SELU_DEPTH * expNegative(low));
      return z > 0
        ? { value: f32(SELU_SCALE * z), derivative: SELU_SCALE, second: 0 }
        : { value: f32(SELU_DEPTH * expNegativeLess1(low)), derivative: tail, second: tail };
    }
    const s = sigmoid(z);
    const rest = f32(1 - s);
    const slope = f32(s * rest);
    if (kind === 'silu') {
      const value = f32(z * s);
      const second = madd(f32(slope * z), f32(rest - s), f32(slope + slope));
      return { value, derivative: madd(value, rest, s), second };
    }
    if (kind === 'mish') {
      const u = expNegative(-Math.abs(z));
      const top = z < 0 ? f32(u * f32(u + 2)) : madd(2, u, 1);
      const missing = z < 0 ? 2 : f32(f32(2 * u) * u);
      const whole = f32(top + missing);
      const t = f32(top / whole);
      const steep = f32(f32(f32(missing / whole) * f32(1 + t)) * s);
      const bend = f32(rest - f32(f32(2 * t) * s));
      const second = madd(f32(steep * z), bend, f32(steep + steep));
      return { value: f32(z * t), derivative: madd(z, steep, t), second };
    }
    return kind === 'sigmoid'
      ? { value: s, derivative: slope, second: f32(slope * f32(rest - s)) }
      : { value: softplus(z), derivative: s, second: slope };
  };
  return { expNegative, exp, logPositive, sigmoid, softplus, tanh, erf, sine, cosine, activation };
}

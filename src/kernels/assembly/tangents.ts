// What tangent propagation needs beside the tiles: activations' derivatives applied to tangents, second
// derivatives for the way a tangent's length depends on where the activation stands, and the penalty itself.
import { mishRest, mishTop, SELU_DEPTH } from './activations';
import { expNegative, sigmoid, tanh } from './functions';
import { addInOrder, bytesOf, clearPaddingRows, gate, gateOf, madd, splat, zero } from './vector';

// @ts-ignore: decorator
@inline
export function multiplySlope(a: usize, h: usize, slope: f32, stride: usize, panels: i32): void {
  const slopes = splat(slope), change = gateOf(slopes);
  for (const end = a + bytesOf(stride, panels); a < end; a += 16, h += 16) {
    v128.store(a, f32x4.mul(v128.load(a), gate(v128.load(h), slopes, change)));
  }
}

// @ts-ignore: decorator
@inline
export function product(a: usize, b: usize, out: usize, stride: usize, panels: i32): void {
  for (const end = a + bytesOf(stride, panels); a < end; a += 16, b += 16, out += 16) {
    v128.store(out, f32x4.mul(v128.load(a), v128.load(b)));
  }
}

// @ts-ignore: decorator
@inline
export function addProduct(sum: usize, a: usize, b: usize, c: usize, stride: usize, panels: i32): void {
  for (const end = sum + bytesOf(stride, panels); sum < end; sum += 16, a += 16, b += 16, c += 16) {
    v128.store(sum, madd(f32x4.mul(v128.load(a), v128.load(b)), v128.load(c), v128.load(sum)));
  }
}

// @ts-ignore: decorator
@inline
export function add(a: usize, b: usize, stride: usize, panels: i32): void {
  for (const end = a + bytesOf(stride, panels); a < end; a += 16, b += 16) {
    v128.store(a, f32x4.add(v128.load(a), v128.load(b)));
  }
}

// Second derivatives: tanh −2y(1 − y²); sigmoid s(1 − s)(1 − 2s); gelu φ(z)(2 − z²); softplus s(1 − s); selu 0 or λα·e^z; of z·f(z),
// silu with f = s and mish, 2f′ + z·f″.

// @ts-ignore: decorator
@inline
function ofTanh(z: v128): v128 {
  const y = tanh(z);
  const slope = f32x4.mul(f32x4.sub(splat(1), y), f32x4.add(splat(1), y));
  return f32x4.mul(splat(-2), f32x4.mul(y, slope));
}

// @ts-ignore: decorator
@inline
function ofSigmoid(z: v128): v128 {
  const s = sigmoid(z), rest = f32x4.sub(splat(1), s);
  return f32x4.mul(f32x4.mul(s, rest), f32x4.sub(rest, s));
}

// @ts-ignore: decorator
@inline
function ofGelu(z: v128): v128 {
  const square = f32x4.mul(z, z);
  const density = f32x4.mul(splat(0.398942280), expNegative(f32x4.mul(splat(-0.5), square)));
  // Far out the square overflows, but the density is exactly 0 long before; 0 × −∞ must not be NaN.
  return f32x4.mul(density, f32x4.sub(splat(2), f32x4.min(square, splat(1000))));
}

// @ts-ignore: decorator
@inline
function ofSoftplus(z: v128): v128 {
  const s = sigmoid(z);
  return f32x4.mul(s, f32x4.sub(splat(1), s));
}

// @ts-ignore: decorator
@inline
function ofSelu(z: v128): v128 {
  const low = f32x4.mul(splat(SELU_DEPTH), expNegative(f32x4.pmin(z, zero())));
  return v128.andnot(low, f32x4.gt(z, zero()));
}

// @ts-ignore: decorator
@inline
function ofSilu(z: v128): v128 {
  const s = sigmoid(z), rest = f32x4.sub(splat(1), s), slope = f32x4.mul(s, rest);
  return madd(f32x4.mul(slope, z), f32x4.sub(rest, s), f32x4.add(slope, slope));
}

// @ts-ignore: decorator
@inline
function ofMish(z: v128): v128 {
  const u = expNegative(f32x4.neg(f32x4.abs(z))), s = sigmoid(z);
  const top = mishTop(z, u), rest = mishRest(z, u), whole = f32x4.add(top, rest);
  const t = f32x4.div(top, whole);
  const slope = f32x4.mul(f32x4.mul(f32x4.div(rest, whole), f32x4.add(splat(1), t)), s);
  const bend = f32x4.sub(f32x4.sub(splat(1), s), f32x4.mul(f32x4.mul(splat(2), t), s));
  return madd(f32x4.mul(slope, z), bend, f32x4.add(slope, slope));
}

/** Kinds 0 tanh, 1 sigmoid, 2 gelu, 3 softplus, 4 selu, 5 silu, 6 mish; src/kernels/activation-kind.ts. */
export function secondDerivative(kind: i32, z: usize, out: usize, stride: usize, panels: i32): void {
  const end = z + bytesOf(stride, panels);
  if (kind == 0) for (; z < end; z += 16, out += 16) v128.store(out, ofTanh(v128.load(z)));
  else if (kind == 1) for (; z < end; z += 16, out += 16) v128.store(out, ofSigmoid(v128.load(z)));
  else if (kind == 2) for (; z < end; z += 16, out += 16) v128.store(out, ofGelu(v128.load(z)));
  else if (kind == 3) for (; z < end; z += 16, out += 16) v128.store(out, ofSoftplus(v128.load(z)));
  else if (kind == 4) for (; z < end; z += 16, out += 16) v128.store(out, ofSelu(v128.load(z)));
  else if (kind == 5) for (; z < end; z += 16, out += 16) v128.store(out, ofSilu(v128.load(z)));
  else for (; z < end; z += 16, out += 16) v128.store(out, ofMish(v128.load(z)));
}

export function tangentPenalty(
  u: usize, panelStride: usize, panels: i32, rows: i32, rowWeights: usize, strength: f32, du: usize,
): f64 {
  let total: f64 = 0;
  clearPaddingRows(du, panelStride, panels, rows);
  const bytes = <usize>rows << 5;
  for (; panels > 0; panels--, u += panelStride, du += panelStride, rowWeights += 32) {
    for (let half: usize = 0; half < 32; half += 16) {
      const weight = f32x4.mul(splat(strength), v128.load(rowWeights + half));
      const twice = f32x4.add(weight, weight);
      let squares = zero();
      for (let at = half; at < bytes; at += 32) {
        const value = v128.load(u + at);
        squares = madd(value, value, squares);
        v128.store(du + at, f32x4.mul(twice, value));
      }
      total = addInOrder(total, f32x4.mul(weight, squares));
    }
  }
  return total;
}

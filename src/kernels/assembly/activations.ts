// Activations outside the piecewise linear family, in place over a contiguous run of floats, with the
// derivative on request; and the product that carries a derivative into a gradient.
import { erf, expNegative, sigmoid, softplus, tanh } from './functions';
import { bytesOf, madd, splat } from './vector';

function applyTanh(h: usize, derivative: usize, end: usize): void {
  for (; h < end; h += 16) {
    const y = tanh(v128.load(h));
    v128.store(h, y);
    if (derivative) {
      // (1 − y)(1 + y) keeps its precision where y² would round to 1.
      v128.store(derivative, f32x4.mul(f32x4.sub(splat(1), y), f32x4.add(splat(1), y)));
      derivative += 16;
    }
  }
}

function applySigmoid(h: usize, derivative: usize, end: usize): void {
  for (; h < end; h += 16) {
    const y = sigmoid(v128.load(h));
    v128.store(h, y);
    if (derivative) {
      v128.store(derivative, f32x4.mul(y, f32x4.sub(splat(1), y)));
      derivative += 16;
    }
  }
}

/** The exact form x·Φ(x), Φ(x) = ½ (1 + erf(x/√2)); derivative Φ(x) + x·φ(x). */
function applyGelu(h: usize, derivative: usize, end: usize): void {
  for (; h < end; h += 16) {
    const x = v128.load(h);
    const phi = madd(splat(0.5), erf(f32x4.mul(x, splat(0.707106781))), splat(0.5));
    v128.store(h, f32x4.mul(x, phi));
    if (derivative) {
      const density = f32x4.mul(splat(0.398942280), expNegative(f32x4.mul(f32x4.mul(splat(-0.5), x), x)));
      v128.store(derivative, madd(x, density, phi));
      derivative += 16;
    }
  }
}

function applySoftplus(h: usize, derivative: usize, end: usize): void {
  for (; h < end; h += 16) {
    const x = v128.load(h);
    v128.store(h, softplus(x));
    if (derivative) {
      v128.store(derivative, sigmoid(x));
      derivative += 16;
    }
  }
}

/** Kinds 0 tanh, 1 sigmoid, 2 gelu, 3 softplus; src/kernels/activation-kind.ts. */
export function activate(kind: i32, h: usize, derivative: usize, stride: usize, panels: i32): void {
  const end = h + bytesOf(stride, panels);
  if (kind == 0) applyTanh(h, derivative, end);
  else if (kind == 1) applySigmoid(h, derivative, end);
  else if (kind == 2) applyGelu(h, derivative, end);
  else applySoftplus(h, derivative, end);
}

// @ts-ignore: decorator
@inline
export function multiply(a: usize, b: usize, stride: usize, panels: i32): void {
  for (const end = a + bytesOf(stride, panels); a < end; a += 16, b += 16) {
    v128.store(a, f32x4.mul(v128.load(a), v128.load(b)));
  }
}

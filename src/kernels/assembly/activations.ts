// Activations outside the piecewise linear family, in place over a contiguous run of floats, with the
// derivative on request; and the product that carries a derivative into a gradient.
import { erf, expNegative, expNegativeLess1, sigmoid, softplus, tanh } from './functions';
import { bytesOf, madd, splat, zero } from './vector';

// λ and λα of Klambauer et al. (2017), Self-normalizing neural networks.
export const SELU_SCALE: f32 = 1.05070099;
export const SELU_DEPTH: f32 = 1.75809934;

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

/** λx above 0, λα(eˣ − 1) below; derivative λ, λα·eˣ. */
function applySelu(h: usize, derivative: usize, end: usize): void {
  for (; h < end; h += 16) {
    const x = v128.load(h);
    const low = f32x4.pmin(x, zero()), isHigh = f32x4.gt(x, zero());
    v128.store(h, v128.bitselect(f32x4.mul(splat(SELU_SCALE), x), f32x4.mul(splat(SELU_DEPTH), expNegativeLess1(low)), isHigh));
    if (derivative) {
      v128.store(derivative, v128.bitselect(splat(SELU_SCALE), f32x4.mul(splat(SELU_DEPTH), expNegative(low)), isHigh));
      derivative += 16;
    }
  }
}

/** x·σ(x); derivative σ(x) + x·σ(x)(1 − σ(x)). */
function applySilu(h: usize, derivative: usize, end: usize): void {
  for (; h < end; h += 16) {
    const x = v128.load(h), s = sigmoid(x);
    v128.store(h, f32x4.mul(x, s));
    if (derivative) {
      v128.store(derivative, madd(f32x4.mul(x, s), f32x4.sub(splat(1), s), s));
      derivative += 16;
    }
  }
}

/**
 * x·t, t = tanh(ln(1 + eˣ)), in powers of e^−|x| alone: t is top / (top + rest), 1 − t is rest / (top + rest). The derivative is
 * t + x·t′, t′ = (1 − t)(1 + t)·σ(x).
 */
function applyMish(h: usize, derivative: usize, end: usize): void {
  for (; h < end; h += 16) {
    const x = v128.load(h);
    const u = expNegative(f32x4.neg(f32x4.abs(x)));
    const top = mishTop(x, u), rest = mishRest(x, u), whole = f32x4.add(top, rest);
    const t = f32x4.div(top, whole);
    v128.store(h, f32x4.mul(x, t));
    if (derivative) {
      const steep = f32x4.mul(f32x4.mul(f32x4.div(rest, whole), f32x4.add(splat(1), t)), sigmoid(x));
      v128.store(derivative, madd(x, steep, t));
      derivative += 16;
    }
  }
}

/** u(u + 2) below 0, 1 + 2u from there on, u = e^−|x|. */
// @ts-ignore: decorator
@inline
export function mishTop(x: v128, u: v128): v128 {
  const high = madd(splat(2), u, splat(1));
  return v128.bitselect(f32x4.mul(u, f32x4.add(u, splat(2))), high, f32x4.lt(x, zero()));
}

/** 2 below 0, 2u² from there on. */
// @ts-ignore: decorator
@inline
export function mishRest(x: v128, u: v128): v128 {
  return v128.bitselect(splat(2), f32x4.mul(f32x4.mul(splat(2), u), u), f32x4.lt(x, zero()));
}

/** Kinds 0 tanh, 1 sigmoid, 2 gelu, 3 softplus, 4 selu, 5 silu, 6 mish; src/kernels/activation-kind.ts. */
export function activate(kind: i32, h: usize, derivative: usize, stride: usize, panels: i32): void {
  const end = h + bytesOf(stride, panels);
  if (kind == 0) applyTanh(h, derivative, end);
  else if (kind == 1) applySigmoid(h, derivative, end);
  else if (kind == 2) applyGelu(h, derivative, end);
  else if (kind == 3) applySoftplus(h, derivative, end);
  else if (kind == 4) applySelu(h, derivative, end);
  else if (kind == 5) applySilu(h, derivative, end);
  else applyMish(h, derivative, end);
}

// @ts-ignore: decorator
@inline
export function multiply(a: usize, b: usize, stride: usize, panels: i32): void {
  for (const end = a + bytesOf(stride, panels); a < end; a += 16, b += 16) {
    v128.store(a, f32x4.mul(v128.load(a), v128.load(b)));
  }
}

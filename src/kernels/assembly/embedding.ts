// Numbers as the layers see them: each beside what it is expanded into (cosines, or how far it is through bins), as it is or
// projected. Gradients are sums of eight lanes, which the octet tree adds up once, when a feature has seen all examples.
import { update } from './update';
import { madd, roundUp4, splat, splatAt, sumsOfOctets, zero } from './vector';

// What a number is expanded into; expansion-kind.ts.
const PERIODIC: i32 = 0;
const PIECEWISE: i32 = 1;

const TAU: f32 = 6.28318531; // 2π
const TURNS: f32 = 0.159154943; // 1 / 2π
const ROUNDER: f32 = 12582912; // as in functions.ts

/** sin 2πq for |q| ≤ ¼, within 2e-7. The coefficients are minimax (Remez). */
// @ts-ignore: decorator
@inline
function sineOfTurns(q: v128): v128 {
  const square = f32x4.mul(q, q);
  let p = madd(splat(39.536705), square, splat(-76.54978));
  p = madd(p, square, splat(81.601006));
  p = madd(p, square, splat(-41.341656));
  p = madd(p, square, splat(6.283185));
  return f32x4.mul(p, q);
}

/** How far frequency × x + phase / 2π is from the nearest whole turn, in [−½, ½]. */
// @ts-ignore: decorator
@inline
function turn(x: v128, frequency: v128, phase: v128): v128 {
  const t = madd(frequency, x, f32x4.mul(phase, splat(TURNS)));
  const r = f32x4.sub(t, f32x4.sub(f32x4.add(t, splat(ROUNDER)), splat(ROUNDER)));
  return f32x4.pmin(f32x4.pmax(r, splat(-0.5)), splat(0.5));
}

/** ¼ − |r|: the cosine of r turns is the sine of so many. */
// @ts-ignore: decorator
@inline
function fromQuarter(r: v128): v128 {
  return f32x4.sub(splat(0.25), f32x4.abs(r));
}

/** −sin 2πr. */
// @ts-ignore: decorator
@inline
function negativeSine(r: v128): v128 {
  const s = sineOfTurns(fromQuarter(fromQuarter(r)));
  return v128.xor(f32x4.neg(s), v128.and(r, i32x4.splat(0x80000000)));
}

/** How far x is through a bin that begins at `low`, in shares of it. */
// @ts-ignore: decorator
@inline
function through(x: v128, low: v128, perUnit: v128): v128 {
  return f32x4.mul(f32x4.sub(x, low), perUnit);
}

/** A term of the expansion. */
// @ts-ignore: decorator
@inline
function term(kind: i32, x: v128, first: v128, second: v128): v128 {
  if (kind == PERIODIC) return sineOfTurns(fromQuarter(turn(x, first, second)));
  return f32x4.pmin(f32x4.pmax(through(x, first, second), zero()), splat(1));
}

/** All terms of eight examples' numbers. */
// @ts-ignore: decorator
@inline
function expandAs(kind: i32, x: usize, terms: i32, w: usize, to: usize): void {
  const low = v128.load(x), high = v128.load(x + 16);
  const seconds: usize = roundUp4(terms) << 2;
  for (const end = w + (<usize>terms << 2); w < end; w += 4, to += 32) {
    const first = splatAt(w), second = splatAt(w + seconds);
    v128.store(to, term(kind, low, first, second));
    v128.store(to + 16, term(kind, high, first, second));
  }
}

function expand(kind: i32, x: usize, terms: i32, w: usize, to: usize): void {
  if (kind == PERIODIC) expandAs(PERIODIC, x, terms, w, to);
  else expandAs(PIECEWISE, x, terms, w, to);
}

/** `height` outputs of a projection. */
// @ts-ignore: decorator
@inline
function projectTile(height: i32, from: usize, terms: i32, w: usize, stride: usize, out: usize): void {
  const bias = w + stride * terms;
  let a0 = splatAt(bias), a1 = a0, b0 = zero(), b1 = zero(), c0 = zero(), c1 = zero(), d0 = zero(), d1 = zero();
  if (height > 1) b0 = splatAt(bias + 4), b1 = b0;
  if (height > 2) c0 = splatAt(bias + 8), c1 = c0;
  if (height > 3) d0 = splatAt(bias + 12), d1 = d0;
  for (; w < bias; w += stride, from += 32) {
    const u = v128.load(from), v = v128.load(from + 16);
    const a = splatAt(w);
    a0 = madd(a, u, a0), a1 = madd(a, v, a1);
    if (height > 1) {
      const b = splatAt(w + 4);
      b0 = madd(b, u, b0), b1 = madd(b, v, b1);
    }
    if (height > 2) {
      const c = splatAt(w + 8);
      c0 = madd(c, u, c0), c1 = madd(c, v, c1);
    }
    if (height > 3) {
      const d = splatAt(w + 12);
      d0 = madd(d, u, d0), d1 = madd(d, v, d1);
    }
  }
  v128.store(out, a0), v128.store(out + 16, a1);
  if (height > 1) v128.store(out + 32, b0), v128.store(out + 48, b1);
  if (height > 2) v128.store(out + 64, c0), v128.store(out + 80, c1);
  if (height > 3) v128.store(out + 96, d0), v128.store(out + 112, d1);
}

function project(from: usize, terms: i32, w: usize, size: i32, out: usize): void {
  const stride: usize = roundUp4(size) << 2;
  for (; size >= 4; size -= 4, w += 16, out += 128) projectTile(4, from, terms, w, stride, out);
  if (size == 3) projectTile(3, from, terms, w, stride, out);
  else if (size == 2) projectTile(2, from, terms, w, stride, out);
  else if (size == 1) projectTile(1, from, terms, w, stride, out);
}

/** Bytes of a feature's two rows of what expands it, and of what projects it: the terms' rows and the bias. */
// @ts-ignore: decorator
@inline
function expansionBytes(terms: i32): usize {
  return <usize>roundUp4(terms) << 3;
}

// @ts-ignore: decorator
@inline
function projectionBytes(terms: i32, size: i32): usize {
  return <usize>((terms + 1) * roundUp4(size)) << 2;
}

/** Bytes of a feature's rows of output: itself and what it became. */
// @ts-ignore: decorator
@inline
function outputBytes(terms: i32, size: i32): usize {
  return <usize>(1 + (size ? size : terms)) << 5;
}

export function embedNumbers(
  x: usize, xPanelStride: usize, panels: i32, features: i32, kind: i32, terms: i32, w: usize, size: i32, projection: usize,
  scratch: usize, out: usize, outPanelStride: usize,
): void {
  for (; features > 0; features--) {
    let from = x, to = out;
    for (let p = panels; p > 0; p--, from += xPanelStride, to += outPanelStride) {
      v128.store(to, v128.load(from)), v128.store(to + 16, v128.load(from + 16));
      if (size) {
        expand(kind, from, terms, w, scratch);
        project(scratch, terms, projection, size, to + 32);
      } else {
        expand(kind, from, terms, w, to + 32);
      }
    }
    x += 32;
    out += outputBytes(terms, size);
    w += expansionBytes(terms);
    projection += projectionBytes(terms, size);
  }
}

/** Σ_e W(f, e) dz(e): the gradient of a term; `half` 0 or 16 bytes. */
// @ts-ignore: decorator
@inline
function termGradient(w: usize, dz: usize, size: i32): v128 {
  if (!size) return v128.load(dz);
  let sum = zero();
  for (const end = w + (<usize>size << 2); w < end; w += 4, dz += 32) sum = madd(splatAt(w), v128.load(dz), sum);
  return sum;
}

/** From one term's gradients, or the rows they come from, to the next. */
// @ts-ignore: decorator
@inline
function termStep(size: i32): usize {
  return size ? 0 : 32;
}

/** dx of four examples of a feature. */
// @ts-ignore: decorator
@inline
function numberGradient(kind: i32, x: v128, terms: i32, w: usize, size: i32, projection: usize, dz: usize): v128 {
  const seconds: usize = roundUp4(terms) << 2, stride: usize = roundUp4(size) << 2;
  const own = v128.load(dz);
  let sum = zero();
  dz += 32;
  for (const end = w + (<usize>terms << 2); w < end; w += 4, projection += stride, dz += termStep(size)) {
    const first = splatAt(w), second = splatAt(w + seconds);
    const gradient = termGradient(projection, dz, size);
    if (kind == PERIODIC) {
      sum = madd(first, f32x4.mul(gradient, negativeSine(turn(x, first, second))), sum);
    } else {
      const u = through(x, first, second);
      const isInside = v128.and(f32x4.ge(u, zero()), f32x4.lt(u, splat(1)));
      sum = madd(v128.and(second, isInside), gradient, sum);
    }
  }
  return kind == PERIODIC ? madd(splat(TAU), sum, own) : f32x4.add(sum, own);
}

// @ts-ignore: decorator
@inline
function inputGradientAs(
  kind: i32, x: usize, xPanelStride: usize, panels: i32, terms: i32, w: usize, size: i32, projection: usize,
  dz: usize, dzPanelStride: usize, dx: usize, dxPanelStride: usize,
): void {
  for (; panels > 0; panels--, x += xPanelStride, dz += dzPanelStride, dx += dxPanelStride) {
    v128.store(dx, numberGradient(kind, v128.load(x), terms, w, size, projection, dz));
    v128.store(dx + 16, numberGradient(kind, v128.load(x + 16), terms, w, size, projection, dz + 16));
  }
}

export function embedNumbersInputGradient(
  x: usize, xPanelStride: usize, panels: i32, features: i32, kind: i32, terms: i32, w: usize, size: i32, projection: usize,
  dz: usize, dzPanelStride: usize, dx: usize, dxPanelStride: usize,
): void {
  for (; features > 0; features--) {
    if (kind == PERIODIC) {
      inputGradientAs(PERIODIC, x, xPanelStride, panels, terms, w, size, projection, dz, dzPanelStride, dx, dxPanelStride);
    } else {
      inputGradientAs(PIECEWISE, x, xPanelStride, panels, terms, w, size, projection, dz, dzPanelStride, dx, dxPanelStride);
    }
    x += 32;
    dx += 32;
    dz += outputBytes(terms, size);
    w += expansionBytes(terms);
    projection += projectionBytes(terms, size);
  }
}

/** c ← a × b + c, eight lanes. */
// @ts-ignore: decorator
@inline
export function addProducts(to: usize, a0: v128, a1: v128, b: usize): void {
  v128.store(to, madd(a0, v128.load(b), v128.load(to)));
  v128.store(to + 16, madd(a1, v128.load(b + 16), v128.load(to + 16)));
}

// @ts-ignore: decorator
@inline
function addLanes(to: usize, a0: v128, a1: v128): void {
  v128.store(to, f32x4.add(v128.load(to), a0));
  v128.store(to + 16, f32x4.add(v128.load(to + 16), a1));
}

/**
 * Adds eight examples of a feature to its sums: octets for each weight of the projection and its biases, then for each
 * frequency and each phase.
 */
// @ts-ignore: decorator
@inline
function addOctet(kind: i32, x: usize, terms: i32, w: usize, size: i32, projection: usize, dz: usize, sums: usize): void {
  const paddedTerms: usize = roundUp4(terms), paddedSize: usize = roundUp4(size);
  const x0 = v128.load(x), x1 = v128.load(x + 16);
  let frequencies = sums + ((<usize>(terms + 1) * paddedSize) << 5);
  dz += 32;
  for (const end = w + (<usize>terms << 2); w < end; w += 4, projection += paddedSize << 2) {
    const first = splatAt(w), second = splatAt(w + (paddedTerms << 2));
    if (kind == PERIODIC) {
      const r0 = turn(x0, first, second), r1 = turn(x1, first, second);
      const g0 = f32x4.mul(termGradient(projection, dz, size), negativeSine(r0));
      const g1 = f32x4.mul(termGradient(projection, dz + 16, size), negativeSine(r1));
      addLanes(frequencies + (paddedTerms << 5), g0, g1);
      addProducts(frequencies, g0, g1, x);
      frequencies += 32;
      if (size) {
        const t0 = sineOfTurns(fromQuarter(r0)), t1 = sineOfTurns(fromQuarter(r1));
        for (let e: usize = 0; e < <usize>size << 5; e += 32) addProducts(sums + e, t0, t1, dz + e);
      }
    } else {
      const t0 = term(PIECEWISE, x0, first, second), t1 = term(PIECEWISE, x1, first, second);
      for (let e: usize = 0; e < <usize>size << 5; e += 32) addProducts(sums + e, t0, t1, dz + e);
    }
    sums += paddedSize << 5;
    dz += termStep(size);
  }
  if (!size) return;
  for (let e: usize = 0; e < <usize>size << 5; e += 32) addLanes(sums + e, v128.load(dz + e), v128.load(dz + e + 16));
}

/** Sums of octets at the same address, each times a factor. */
export function finishOctets(sums: usize, count: i32, factor: f32): void {
  for (let to = sums; count > 0; count -= 4, sums += 128, to += 16) {
    v128.store(to, f32x4.mul(sumsOfOctets(sums), splat(factor)));
  }
}

export function clearBytes(at: usize, bytes: usize): void {
  for (const end = at + bytes; at < end; at += 16) v128.store(at, zero());
}

export function embedNumbersWeightGradient(
  x: usize, xPanelStride: usize, panels: i32, features: i32, kind: i32, terms: i32, w: usize, size: i32, projection: usize,
  dz: usize, dzPanelStride: usize, scratch: usize, updateBlock: usize,
): void {
  const expansion = scratch + (projectionBytes(terms, size) << 3);
  for (; features > 0; features--) {
    clearBytes(scratch, (projectionBytes(terms, size) + expansionBytes(terms)) << 3);
    let from = x, gradient = dz;
    for (let p = panels; p > 0; p--, from += xPanelStride, gradient += dzPanelStride) {
      if (kind == PERIODIC) addOctet(PERIODIC, from, terms, w, size, projection, gradient, scratch);
      else addOctet(PIECEWISE, from, terms, w, size, projection, gradient, scratch);
    }
    if (size) {
      finishOctets(scratch, (terms + 1) * roundUp4(size), 1);
      update(projection, scratch, projectionBytes(terms, size), updateBlock, true);
    }
    if (kind == PERIODIC) {
      const phases = expansion + (expansionBytes(terms) << 2);
      finishOctets(expansion, roundUp4(terms), TAU);
      finishOctets(phases, roundUp4(terms), 1);
      update(w, expansion, expansionBytes(terms) >> 1, updateBlock, true);
      update(w + (expansionBytes(terms) >> 1), phases, expansionBytes(terms) >> 1, updateBlock, true);
    }
    x += 32;
    dz += outputBytes(terms, size);
    w += expansionBytes(terms);
    projection += projectionBytes(terms, size);
  }
}

// Steps of an attack on inputs: up the gradient of the loss, then back into the ball of the given radius
// around the original example and into the bounds of each feature. Lanes are examples, rows are features;
// radius, low and high are per feature. A feature of radius 0 stays as it is.
import { splat, splatAt, zero } from './vector';

/**
 * x within [origin − radius, origin + radius] and [low, high]. Bounds give way to an original beyond them,
 * so that an attack never moves a feature further than the radius.
 */
// @ts-ignore: decorator
@inline
function confine(x: v128, origin: v128, radius: v128, low: v128, high: v128): v128 {
  const from = f32x4.max(f32x4.sub(origin, radius), f32x4.min(low, origin));
  const to = f32x4.min(f32x4.add(origin, radius), f32x4.max(high, origin));
  return f32x4.min(f32x4.max(x, from), to);
}

/** −1, 0 or 1. */
// @ts-ignore: decorator
@inline
function sign(g: v128): v128 {
  const one = splat(1), nothing = zero();
  return f32x4.sub(v128.and(one, f32x4.gt(g, nothing)), v128.and(one, f32x4.lt(g, nothing)));
}

export function perturbMax(
  x: usize, origin: usize, gradient: usize, panelStride: usize, panels: i32, rows: i32,
  radius: usize, low: usize, high: usize, step: f32,
): void {
  for (; panels > 0; panels--) {
    for (let row: usize = 0; row < <usize>rows; row++) {
      const r = splatAt(radius + (row << 2)), l = splatAt(low + (row << 2)), h = splatAt(high + (row << 2));
      const pace = f32x4.mul(r, splat(step));
      for (let half: usize = row << 5, end = half + 32; half < end; half += 16) {
        const moved = f32x4.add(v128.load(x + half), f32x4.mul(pace, sign(v128.load(gradient + half))));
        v128.store(x + half, confine(moved, v128.load(origin + half), r, l, h));
      }
    }
    x += panelStride;
    origin += panelStride;
    gradient += panelStride;
  }
}

/** a ÷ b where b is not 0, else 0. */
// @ts-ignore: decorator
@inline
function quotient(a: v128, b: v128): v128 {
  return v128.andnot(f32x4.div(a, b), f32x4.eq(b, zero()));
}

/** The largest |radius·gradient| of four examples: their sums of squares are taken relative to it. */
function largestSlope(gradient: usize, rows: usize, radius: usize): v128 {
  let largest = zero();
  for (let row: usize = 0; row < rows; row++) {
    const slope = f32x4.mul(v128.load(gradient + (row << 5)), splatAt(radius + (row << 2)));
    largest = f32x4.max(largest, f32x4.abs(slope));
  }
  return largest;
}

/** Four examples: a step of `step` along radius²·gradient, of length 1 in units of the radii. */
function climb(x: usize, gradient: usize, rows: usize, radius: usize, step: f32): void {
  const largest = largestSlope(gradient, rows, radius);
  let squares = zero();
  for (let row: usize = 0; row < rows; row++) {
    const slope = f32x4.mul(v128.load(gradient + (row << 5)), splatAt(radius + (row << 2)));
    const share = quotient(slope, largest);
    squares = f32x4.add(squares, f32x4.mul(share, share));
  }
  const pace = quotient(splat(step), f32x4.sqrt(squares));
  for (let row: usize = 0; row < rows; row++) {
    const at = x + (row << 5), r = splatAt(radius + (row << 2));
    const share = quotient(f32x4.mul(v128.load(gradient + (row << 5)), r), largest);
    v128.store(at, f32x4.add(v128.load(at), f32x4.mul(r, f32x4.mul(pace, share))));
  }
}

/** Four examples: back to a distance of at most 1 from the original, in units of the radii. */
function project(x: usize, origin: usize, rows: usize, radius: usize, low: usize, high: usize): void {
  let squares = zero();
  for (let row: usize = 0; row < rows; row++) {
    const away = f32x4.sub(v128.load(x + (row << 5)), v128.load(origin + (row << 5)));
    const share = quotient(away, splatAt(radius + (row << 2)));
    squares = f32x4.add(squares, f32x4.mul(share, share));
  }
  const shrink = f32x4.div(splat(1), f32x4.max(splat(1), f32x4.sqrt(squares)));
  for (let row: usize = 0; row < rows; row++) {
    const at = x + (row << 5), start = v128.load(origin + (row << 5)), column = row << 2;
    const moved = f32x4.add(start, f32x4.mul(shrink, f32x4.sub(v128.load(at), start)));
    const r = splatAt(radius + column);
    v128.store(at, confine(moved, start, r, splatAt(low + column), splatAt(high + column)));
  }
}

export function perturbEuclidean(
  x: usize, origin: usize, gradient: usize, panelStride: usize, panels: i32, rows: i32,
  radius: usize, low: usize, high: usize, step: f32,
): void {
  for (; panels > 0; panels--) {
    for (let half: usize = 0; half < 32; half += 16) {
      climb(x + half, gradient + half, rows, radius, step);
      project(x + half, origin + half, rows, radius, low, high);
    }
    x += panelStride;
    origin += panelStride;
    gradient += panelStride;
  }
}

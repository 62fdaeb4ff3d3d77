// Losses of numbers beside the squared error: as losses.ts has them, the weighted sum over the batch in double precision, and
// dz when asked. Lanes are examples. The twin of native/value-losses.h.
import { expAny, sigmoid, softplus } from './functions';
import { addInOrder, clearPaddingRows, madd, splat, splatAt, zero } from './vector';

export function huber(
  z: usize, panelStride: usize, panels: i32, outputs: i32, targets: usize, targetsPanelStride: usize, delta: f32,
  rowWeights: usize, dz: usize,
): f64 {
  let total: f64 = 0;
  const bytes = <usize>outputs << 5;
  const share = splat(1 / <f32>outputs), low = splat(-delta), high = splat(delta), half1 = splat(0.5);
  for (let p: usize = 0; p < <usize>panels; p++) {
    const offset = p * panelStride, target = targets + p * targetsPanelStride;
    for (let half: usize = 0; half < 32; half += 16) {
      const weight = f32x4.mul(v128.load(rowWeights + (p << 5) + half), share);
      let sum = zero();
      for (let r = half; r < bytes; r += 32) {
        const residual = f32x4.sub(v128.load(z + offset + r), v128.load(target + r));
        const held = f32x4.pmin(f32x4.pmax(residual, low), high);
        sum = madd(held, f32x4.sub(residual, f32x4.mul(half1, held)), sum);
        if (dz) v128.store(dz + offset + r, f32x4.mul(weight, held));
      }
      total = addInOrder(total, f32x4.mul(weight, sum));
    }
  }
  if (dz) clearPaddingRows(dz, panelStride, panels, outputs);
  return total;
}

export function poissonNll(
  z: usize, panelStride: usize, panels: i32, outputs: i32, targets: usize, targetsPanelStride: usize, factors: usize,
  rowWeights: usize, dz: usize,
): f64 {
  let total: f64 = 0;
  const bytes = <usize>outputs << 5, offsets = factors + (<usize>outputs << 2);
  const share = splat(1 / <f32>outputs);
  for (let p: usize = 0; p < <usize>panels; p++) {
    const offset = p * panelStride, target = targets + p * targetsPanelStride;
    for (let half: usize = 0; half < 32; half += 16) {
      const weight = f32x4.mul(v128.load(rowWeights + (p << 5) + half), share);
      let sum = zero();
      for (let r: usize = 0; r < bytes; r += 32) {
        const value = v128.load(z + offset + r + half), rate = expAny(value);
        const count = madd(splatAt(factors + (r >> 3)), v128.load(target + r + half), splatAt(offsets + (r >> 3)));
        sum = f32x4.add(sum, f32x4.sub(rate, f32x4.mul(count, value)));
        if (dz) v128.store(dz + offset + r + half, f32x4.mul(weight, f32x4.sub(rate, count)));
      }
      total = addInOrder(total, f32x4.mul(weight, sum));
    }
  }
  if (dz) clearPaddingRows(dz, panelStride, panels, outputs);
  return total;
}

/** What a level's loss falls by as its quantile rises: τ where the target is above it, else τ − 1. */
// @ts-ignore: decorator
@inline
function pull(residual: v128, level: v128, below: v128): v128 {
  return v128.bitselect(level, below, f32x4.gt(residual, zero()));
}

/** Four examples of one target, at their lanes of its first row in z and dz; returns their losses over the levels. */
// @ts-ignore: decorator
@inline
function pinballLanes(z: usize, rowBytes: usize, target: v128, levels: usize, levelCount: i32, weight: v128, dz: usize): v128 {
  const one = splat(1);
  let sum = zero(), pulls = zero(), quantile = zero();
  for (let l: usize = 0; l < <usize>levelCount; l++) {
    const value = v128.load(z + l * rowBytes);
    quantile = l == 0 ? value : f32x4.add(quantile, softplus(value));
    const level = splatAt(levels + (l << 2)), below = f32x4.sub(level, one);
    const residual = f32x4.sub(target, quantile);
    sum = f32x4.add(sum, f32x4.pmax(f32x4.mul(level, residual), f32x4.mul(below, residual)));
    pulls = f32x4.add(pulls, pull(residual, level, below));
  }
  if (dz) {
    // A row of z moves its level and all above it: what is left of all pulls after those below.
    for (let l: usize = 0; l < <usize>levelCount; l++) {
      const value = v128.load(z + l * rowBytes);
      quantile = l == 0 ? value : f32x4.add(quantile, softplus(value));
      const level = splatAt(levels + (l << 2)), below = f32x4.sub(level, one);
      const slope = l == 0 ? weight : f32x4.mul(weight, sigmoid(value));
      v128.store(dz + l * rowBytes, f32x4.neg(f32x4.mul(slope, pulls)));
      pulls = f32x4.sub(pulls, pull(f32x4.sub(target, quantile), level, below));
    }
  }
  return sum;
}

export function pinball(
  z: usize, panelStride: usize, panels: i32, outputs: i32, targets: usize, targetsPanelStride: usize, levels: usize,
  levelCount: i32, rowWeights: usize, dz: usize,
): f64 {
  let total: f64 = 0;
  const bytes = <usize>outputs << 5;
  const share = splat(1 / <f32>(outputs * levelCount));
  for (let p: usize = 0; p < <usize>panels; p++) {
    const offset = p * panelStride, target = targets + p * targetsPanelStride;
    for (let half: usize = 0; half < 32; half += 16) {
      const weight = f32x4.mul(v128.load(rowWeights + (p << 5) + half), share);
      let sum = zero();
      for (let r = half; r < bytes; r += 32) {
        const at = offset + r;
        sum = f32x4.add(
          sum, pinballLanes(z + at, bytes, v128.load(target + r), levels, levelCount, weight, dz ? dz + at : 0),
        );
      }
      total = addInOrder(total, f32x4.mul(weight, sum));
    }
  }
  if (dz) clearPaddingRows(dz, panelStride, panels, outputs * levelCount);
  return total;
}

/** Through −z and z apart: no cancellation near either end. */
export function binaryCrossEntropies(
  z: usize, panelStride: usize, panels: i32, outputs: i32, targets: usize, targetsPanelStride: usize,
  rowWeights: usize, dz: usize,
): f64 {
  let total: f64 = 0;
  const bytes = <usize>outputs << 5;
  const share = splat(1 / <f32>outputs), one = splat(1);
  for (let p: usize = 0; p < <usize>panels; p++) {
    const offset = p * panelStride, target = targets + p * targetsPanelStride;
    for (let half: usize = 0; half < 32; half += 16) {
      const weight = f32x4.mul(v128.load(rowWeights + (p << 5) + half), share);
      let sum = zero();
      for (let r = half; r < bytes; r += 32) {
        const value = v128.load(z + offset + r), flipped = f32x4.neg(value);
        const yes = v128.load(target + r), no = f32x4.sub(one, yes);
        sum = f32x4.add(sum, madd(no, softplus(value), f32x4.mul(yes, softplus(flipped))));
        if (dz) {
          const change = f32x4.sub(f32x4.mul(no, sigmoid(value)), f32x4.mul(yes, sigmoid(flipped)));
          v128.store(dz + offset + r, f32x4.mul(weight, change));
        }
      }
      total = addInOrder(total, f32x4.mul(weight, sum));
    }
  }
  if (dz) clearPaddingRows(dz, panelStride, panels, outputs);
  return total;
}

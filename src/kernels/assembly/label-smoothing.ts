// Label smoothing as a correction to a loss already taken: with targets (1 − s)·onehot + s/K, cross-entropy
// grows by s·(z_label − mean z) and its gradient by s·(onehot − 1/K). One logit is z₁ − z₀ of two classes.
import { addInOrder, madd, splat, zero } from './vector';

/** Four examples at their lanes of row 0; returns what their losses grow by, not yet weighted. */
// @ts-ignore: decorator
@inline
function smoothLanes(z: usize, classes: i32, label: v128, weight: v128, smoothing: f32, dz: usize): v128 {
  const bytes = <usize>classes << 5, one = i32x4.splat(1);
  const share = splat(smoothing / <f32>classes), whole = splat(smoothing);
  let sum = zero(), atLabel = zero(), row = zero();
  for (let r: usize = 0; r < bytes; r += 32) {
    const value = v128.load(z + r), isLabel = i32x4.eq(row, label);
    sum = f32x4.add(sum, value);
    atLabel = v128.or(atLabel, v128.and(value, isLabel));
    if (dz) {
      const change = f32x4.sub(v128.and(whole, isLabel), share);
      v128.store(dz + r, madd(weight, change, v128.load(dz + r)));
    }
    row = i32x4.add(row, one);
  }
  return f32x4.sub(f32x4.mul(whole, atLabel), f32x4.mul(share, sum));
}

/** One logit: s·(y − ½)·z, as two classes with logits 0 and z give. */
// @ts-ignore: decorator
@inline
function smoothBinaryLanes(z: usize, label: v128, weight: v128, smoothing: f32, dz: usize): v128 {
  const isOne = i32x4.eq(label, i32x4.splat(1));
  const change = v128.xor(splat(-0.5 * smoothing), v128.and(isOne, i32x4.splat(0x80000000)));
  if (dz) v128.store(dz, madd(weight, change, v128.load(dz)));
  return f32x4.mul(change, v128.load(z));
}

export function smoothLabels(
  z: usize, panelStride: usize, panels: i32, rows: i32, labels: usize, rowWeights: usize, smoothing: f32, dz: usize,
): f64 {
  let total: f64 = 0;
  for (let p: usize = 0; p < <usize>panels; p++) {
    for (let half: usize = 0; half < 32; half += 16) {
      const weight = v128.load(rowWeights + (p << 5) + half), label = v128.load(labels + (p << 5) + half);
      const from = z + p * panelStride + half, to = dz ? dz + p * panelStride + half : 0;
      const growth = rows == 1
        ? smoothBinaryLanes(from, label, weight, smoothing, to)
        : smoothLanes(from, rows, label, weight, smoothing, to);
      total = addInOrder(total, f32x4.mul(weight, growth));
    }
  }
  return total;
}

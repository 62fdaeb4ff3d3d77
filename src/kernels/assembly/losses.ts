// Losses on panels: the weighted sum over the batch in double precision, and dz when asked. Lanes are
// examples, so each example's loss is one lane's business; the sum takes them one after the other.
import { expNegative, log1p, logPositive, sigmoid, softplus } from './functions';
import { addInOrder, clearPaddingRows, madd, splat, zero } from './vector';

/** Four examples: z and dz at their lanes of row 0; returns their losses, not yet weighted. */
// @ts-ignore: decorator
@inline
function softmaxLanes(z: usize, classes: i32, label: v128, weight: v128, dz: usize): v128 {
  const bytes = <usize>classes << 5;
  let highest = v128.load(z), atLabel = zero(), row = zero();
  const one = i32x4.splat(1);
  for (let r: usize = 0; r < bytes; r += 32) {
    const value = v128.load(z + r);
    highest = f32x4.pmax(highest, value);
    atLabel = v128.or(atLabel, v128.and(value, i32x4.eq(row, label)));
    row = i32x4.add(row, one);
  }
  let sum = zero();
  for (let r: usize = 0; r < bytes; r += 32) {
    const e = expNegative(f32x4.sub(v128.load(z + r), highest));
    sum = f32x4.add(sum, e);
    if (dz) v128.store(dz + r, e);
  }
  if (dz) {
    const scale = f32x4.div(weight, sum);
    row = zero();
    for (let r: usize = 0; r < bytes; r += 32) {
      const target = v128.and(weight, i32x4.eq(row, label));
      v128.store(dz + r, f32x4.sub(f32x4.mul(v128.load(dz + r), scale), target));
      row = i32x4.add(row, one);
    }
  }
  return f32x4.add(logPositive(sum), f32x4.sub(highest, atLabel));
}

export function softmaxCrossEntropy(
  z: usize, panelStride: usize, panels: i32, classes: i32, labels: usize, rowWeights: usize, dz: usize,
): f64 {
  let total: f64 = 0;
  if (classes > 0) {
    for (let p: usize = 0; p < <usize>panels; p++) {
      const offset = p * panelStride;
      for (let half: usize = 0; half < 32; half += 16) {
        const weight = v128.load(rowWeights + (p << 5) + half);
        const label = v128.load(labels + (p << 5) + half);
        const loss = softmaxLanes(z + offset + half, classes, label, weight, dz ? dz + offset + half : 0);
        total = addInOrder(total, f32x4.mul(weight, loss));
      }
    }
  }
  if (dz) clearPaddingRows(dz, panelStride, panels, classes);
  return total;
}

/** Loss softplus(z) − y·z, written as softplus(−z) for y = 1 and softplus(z) for y = 0. */
export function binaryCrossEntropy(
  z: usize, panelStride: usize, panels: i32, labels: usize, rowWeights: usize, dz: usize,
): f64 {
  let total: f64 = 0;
  for (let p: usize = 0; p < <usize>panels; p++) {
    for (let half: usize = 0; half < 32; half += 16) {
      const at = (p << 5) + half;
      const weight = v128.load(rowWeights + at);
      const isOne = i32x4.eq(v128.load(labels + at), i32x4.splat(1));
      const value = v128.load(z + p * panelStride + half);
      const flipped = v128.xor(value, v128.and(isOne, i32x4.splat(0x80000000)));
      total = addInOrder(total, f32x4.mul(weight, softplus(flipped)));
      if (dz) {
        // σ(z) − y is σ(z) for y = 0 and −σ(−z) for y = 1: no cancellation near either end.
        const probability = sigmoid(flipped);
        const signed = v128.xor(probability, v128.and(isOne, i32x4.splat(0x80000000)));
        v128.store(dz + p * panelStride + half, f32x4.mul(weight, signed));
      }
    }
  }
  if (dz) clearPaddingRows(dz, panelStride, panels, 1);
  return total;
}

export function squaredError(
  z: usize, panelStride: usize, panels: i32, outputs: i32, targets: usize, targetsPanelStride: usize,
  rowWeights: usize, dz: usize,
): f64 {
  let total: f64 = 0;
  const bytes = <usize>outputs << 5;
  const share = splat(1 / <f32>outputs);
  for (let p: usize = 0; p < <usize>panels; p++) {
    const offset = p * panelStride, target = targets + p * targetsPanelStride;
    for (let half: usize = 0; half < 32; half += 16) {
      const weight = f32x4.mul(v128.load(rowWeights + (p << 5) + half), share);
      const twice = f32x4.add(weight, weight);
      let sum = zero();
      for (let r = half; r < bytes; r += 32) {
        const residual = f32x4.sub(v128.load(z + offset + r), v128.load(target + r));
        sum = madd(residual, residual, sum);
        if (dz) v128.store(dz + offset + r, f32x4.mul(twice, residual));
      }
      total = addInOrder(total, f32x4.mul(weight, sum));
    }
  }
  if (dz) clearPaddingRows(dz, panelStride, panels, outputs);
  return total;
}

/** Smallest variance of a Gaussian head: keeps 1/σ² below 10⁶. */
const VARIANCE_FLOOR: f32 = 1e-6;

// @ts-ignore: decorator
@inline
export function varianceOf(raw: v128): v128 {
  return f32x4.add(softplus(raw), splat(VARIANCE_FLOOR));
}

/** dμ = (μ − y)/σ², draw = ½ (1 − (y − μ)²/σ²)/σ² · sigmoid(raw), each times weight / outputs. */
export function gaussianNll(
  z: usize, panelStride: usize, panels: i32, outputs: i32, targets: usize, targetsPanelStride: usize,
  rowWeights: usize, dz: usize,
): f64 {
  let total: f64 = 0;
  const bytes = <usize>outputs << 5;
  const share = splat(1 / <f32>outputs), one = splat(1), half1 = splat(0.5);
  for (let p: usize = 0; p < <usize>panels; p++) {
    const offset = p * panelStride, target = targets + p * targetsPanelStride;
    for (let half: usize = 0; half < 32; half += 16) {
      const weight = f32x4.mul(v128.load(rowWeights + (p << 5) + half), share);
      let sum = zero();
      for (let r = half; r < bytes; r += 32) {
        const mean = z + offset + r, raw = v128.load(mean + bytes);
        const residual = f32x4.sub(v128.load(mean), v128.load(target + r));
        const variance = varianceOf(raw);
        const scaled = f32x4.div(residual, variance);
        const fit = f32x4.mul(scaled, residual);
        sum = f32x4.add(sum, f32x4.add(logPositive(variance), fit));
        if (dz) {
          const at = dz + offset + r;
          const slope = f32x4.div(f32x4.mul(f32x4.mul(half1, f32x4.sub(one, fit)), sigmoid(raw)), variance);
          v128.store(at, f32x4.mul(weight, scaled));
          v128.store(at + bytes, f32x4.mul(weight, slope));
        }
      }
      total = addInOrder(total, f32x4.mul(f32x4.mul(weight, half1), sum));
    }
  }
  if (dz) clearPaddingRows(dz, panelStride, panels, 2 * outputs);
  return total;
}

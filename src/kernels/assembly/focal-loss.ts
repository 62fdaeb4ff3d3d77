// The focal loss on panels, as losses.ts has the cross-entropy that it weighs. The twin of native/value-losses.h.
import { expNegative, logPositive } from './functions';
import { addInOrder, clearPaddingRows, splat, zero } from './vector';

/** Keeps ln(1 − p) of an example that is right to the last bit finite. */
const LEAST_REST: f32 = 1e-30;

/** Four examples: z and dz at their lanes of row 0; returns their losses, not yet weighted. */
// @ts-ignore: decorator
@inline
function focalLanes(z: usize, classes: i32, label: v128, focus: v128, weight: v128, dz: usize): v128 {
  const bytes = <usize>classes << 5;
  let highest = v128.load(z), atLabel = zero(), row = zero();
  const one = i32x4.splat(1);
  for (let r: usize = 0; r < bytes; r += 32) {
    const value = v128.load(z + r);
    highest = f32x4.pmax(highest, value);
    atLabel = v128.or(atLabel, v128.and(value, i32x4.eq(row, label)));
    row = i32x4.add(row, one);
  }
  let sum = zero(), rest = zero(), own = zero();
  row = zero();
  for (let r: usize = 0; r < bytes; r += 32) {
    const e = expNegative(f32x4.sub(v128.load(z + r), highest)), isLabel = i32x4.eq(row, label);
    sum = f32x4.add(sum, e);
    rest = f32x4.add(rest, v128.andnot(e, isLabel));
    own = v128.or(own, v128.and(e, isLabel));
    row = i32x4.add(row, one);
    if (dz) v128.store(dz + r, e);
  }
  // 1 − p as the sum of the other classes, which does not cancel.
  const missing = f32x4.pmax(f32x4.div(rest, sum), splat(LEAST_REST));
  const entropy = f32x4.add(logPositive(sum), f32x4.sub(highest, atLabel));
  const power = expNegative(f32x4.mul(focus, logPositive(missing)));
  if (dz) {
    const steep = f32x4.mul(f32x4.mul(focus, f32x4.div(own, sum)), f32x4.div(entropy, missing));
    const factor = f32x4.mul(weight, f32x4.mul(power, f32x4.add(splat(1), steep)));
    const scale = f32x4.div(factor, sum);
    row = zero();
    for (let r: usize = 0; r < bytes; r += 32) {
      const target = v128.and(factor, i32x4.eq(row, label));
      v128.store(dz + r, f32x4.sub(f32x4.mul(v128.load(dz + r), scale), target));
      row = i32x4.add(row, one);
    }
  }
  return f32x4.mul(power, entropy);
}

export function focalCrossEntropy(
  z: usize, panelStride: usize, panels: i32, classes: i32, labels: usize, focus: f32, rowWeights: usize, dz: usize,
): f64 {
  let total: f64 = 0;
  if (classes > 0) {
    for (let p: usize = 0; p < <usize>panels; p++) {
      const offset = p * panelStride;
      for (let half: usize = 0; half < 32; half += 16) {
        const weight = v128.load(rowWeights + (p << 5) + half);
        const label = v128.load(labels + (p << 5) + half);
        const at = offset + half;
        const loss = focalLanes(z + at, classes, label, splat(focus), weight, dz ? dz + at : 0);
        total = addInOrder(total, f32x4.mul(weight, loss));
      }
    }
  }
  if (dz) clearPaddingRows(dz, panelStride, panels, classes);
  return total;
}

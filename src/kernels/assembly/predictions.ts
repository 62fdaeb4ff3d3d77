// From the last layer's panels to what a caller reads: log probabilities, moments, row-major rows.
import { expNegative, logPositive, softplus } from './functions';
import { varianceOf } from './losses';
import { clearPaddingRows, zero } from './vector';

export function logSoftmax(z: usize, panelStride: usize, panels: i32, classes: i32): void {
  if (classes <= 0) return;
  const bytes = <usize>classes << 5;
  for (; panels > 0; panels--, z += panelStride) {
    for (let half: usize = 0; half < 32; half += 16) {
      let highest = v128.load(z + half), sum = zero();
      for (let r = half; r < bytes; r += 32) highest = f32x4.pmax(highest, v128.load(z + r));
      for (let r = half; r < bytes; r += 32) sum = f32x4.add(sum, expNegative(f32x4.sub(v128.load(z + r), highest)));
      const logSum = logPositive(sum);
      for (let r = half; r < bytes; r += 32) {
        v128.store(z + r, f32x4.sub(f32x4.sub(v128.load(z + r), highest), logSum));
      }
    }
  }
}

/** log p₁ = −softplus(−z), log p₀ = −softplus(z). */
export function binaryLogProbabilities(z: usize, panelStride: usize, panels: i32, out: usize, outPanelStride: usize): void {
  for (let p: usize = 0; p < <usize>panels; p++) {
    const from = z + p * panelStride, to = out + p * outPanelStride;
    for (let half: usize = 0; half < 32; half += 16) {
      const value = v128.load(from + half);
      v128.store(to + half, f32x4.neg(softplus(value)));
      v128.store(to + half + 32, f32x4.neg(softplus(f32x4.neg(value))));
    }
  }
  clearPaddingRows(out, outPanelStride, panels, 2);
}

export function gaussianMoments(z: usize, panelStride: usize, panels: i32, outputs: i32): void {
  const bytes = <usize>outputs << 5;
  for (; panels > 0; panels--, z += panelStride) {
    for (let at = z + bytes, end = at + bytes; at < end; at += 16) v128.store(at, varianceOf(v128.load(at)));
  }
}

// @ts-ignore: decorator
@inline
export function unpanel(z: usize, panelStride: usize, rows: i32, count: i32, out: usize, outStrideBytes: usize): void {
  const bytes = <usize>rows << 5;
  for (let b = 0; b < count; b++) {
    const from = z + <usize>(b >> 3) * panelStride + (<usize>(b & 7) << 2);
    let to = out;
    for (let r: usize = 0; r < bytes; r += 32, to += 4) store<f32>(to, load<f32>(from + r));
    out += outStrideBytes;
  }
}

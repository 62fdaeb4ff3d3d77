// Dropout: masks drawn once, applied in every pass of the step, forward and backward; and factors per unit
// for prediction (weight scaling, or one mask shared by all rows). A mask is a byte per float, −1 kept and
// 0 dropped, in the order of the floats of the panels it belongs to.
import { cipher } from './random';
import { bytesOf, splat, splatAt } from './vector';

/** The 16-bit halves of four words below the threshold, as lanes of −1 and 0. */
// @ts-ignore: decorator
@inline
function decide(words: v128, threshold: v128): v128 {
  return i16x8.lt_u(words, threshold);
}

export function drawMask(
  mask: usize, stride: usize, panels: i32, threshold: i32, key0: u32, key1: u32, layer: u32,
): void {
  const limit = i16x8.splat(<i16>threshold);
  let c: u32 = 0;
  for (const end = mask + (bytesOf(stride, panels) >> 2); mask < end; mask += 16, c += 4) {
    const first = decide(cipher(false, c, key0, key1, layer), limit);
    const second = decide(cipher(true, c, key0, key1, layer), limit);
    v128.store(mask, i8x16.narrow_i16x8_s(first, second));
  }
}

export function applyMask(input: usize, mask: usize, scale: f32, out: usize, stride: usize, panels: i32): void {
  const factor = splat(scale);
  for (const end = mask + (bytesOf(stride, panels) >> 2); mask < end; mask += 16, input += 64, out += 64) {
    const bytes = v128.load(mask);
    const low = i16x8.extend_low_i8x16_s(bytes), high = i16x8.extend_high_i8x16_s(bytes);
    v128.store(out, v128.and(f32x4.mul(v128.load(input), factor), i32x4.extend_low_i16x8_s(low)));
    v128.store(out + 16, v128.and(f32x4.mul(v128.load(input + 16), factor), i32x4.extend_high_i16x8_s(low)));
    v128.store(out + 32, v128.and(f32x4.mul(v128.load(input + 32), factor), i32x4.extend_low_i16x8_s(high)));
    v128.store(out + 48, v128.and(f32x4.mul(v128.load(input + 48), factor), i32x4.extend_high_i16x8_s(high)));
  }
}

// @ts-ignore: decorator
@inline
export function scaleRows(
  input: usize, out: usize, panelStride: usize, panels: i32, rows: i32, factors: usize,
): void {
  for (; panels > 0; panels--, input += panelStride, out += panelStride) {
    let factor = factors;
    for (let at: usize = 0, end = <usize>rows << 5; at < end; at += 32, factor += 4) {
      const f = splatAt(factor);
      v128.store(out + at, f32x4.mul(v128.load(input + at), f));
      v128.store(out + at + 16, f32x4.mul(v128.load(input + at + 16), f));
    }
  }
}

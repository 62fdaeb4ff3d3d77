// The forward kernel for one example: lane 0 of a panel, whose other lanes would be seven times as much work for
// nothing. Here the vectors lie along the units, as the weights do, up to 32 of them at a time. Each sum adds the same
// products in the same order as `forward` does, so that the bits are the same.
import { PANEL_UNITS, clearPaddingRows, madd, roundUp4, splat, splatAt } from './vector';

/** Four units after their activation, into lane 0 of four rows. */
// @ts-ignore: decorator
@inline
function put(out: usize, sums: v128, slope: f32): void {
  const h = slope == 1 ? sums : f32x4.pmax(f32x4.mul(sums, splat(slope)), sums);
  f32.store(out, f32x4.extract_lane(h, 0));
  f32.store(out, f32x4.extract_lane(h, 1), 32);
  f32.store(out, f32x4.extract_lane(h, 2), 64);
  f32.store(out, f32x4.extract_lane(h, 3), 96);
}

/** 4 × `vectors` units; w at the first of them, weights of the next input `stride` bytes on. */
// @ts-ignore: decorator
@inline
function tile(
  vectors: i32, x: usize, inputs: i32, w: usize, stride: usize, bias: usize, out: usize, slope: f32,
): void {
  let a0 = v128.load(bias), a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0, a7 = a0;
  if (vectors > 1) a1 = v128.load(bias, 16);
  if (vectors > 2) { a2 = v128.load(bias, 32); a3 = v128.load(bias, 48); }
  if (vectors > 4) { a4 = v128.load(bias, 64); a5 = v128.load(bias, 80); a6 = v128.load(bias, 96); a7 = v128.load(bias, 112); }
  for (; inputs > 0; inputs--) {
    const u = splatAt(x);
    a0 = madd(v128.load(w), u, a0);
    if (vectors > 1) a1 = madd(v128.load(w, 16), u, a1);
    if (vectors > 2) { a2 = madd(v128.load(w, 32), u, a2); a3 = madd(v128.load(w, 48), u, a3); }
    if (vectors > 4) {
      a4 = madd(v128.load(w, 64), u, a4); a5 = madd(v128.load(w, 80), u, a5);
      a6 = madd(v128.load(w, 96), u, a6); a7 = madd(v128.load(w, 112), u, a7);
    }
    x += 32;
    w += stride;
  }
  put(out, a0, slope);
  if (vectors > 1) put(out + 128, a1, slope);
  if (vectors > 2) { put(out + 256, a2, slope); put(out + 384, a3, slope); }
  if (vectors > 4) {
    put(out + 512, a4, slope); put(out + 640, a5, slope);
    put(out + 768, a6, slope); put(out + 896, a7, slope);
  }
}

/** Lane 0 of one panel; what the other lanes of the output hold is not touched, but for its padding rows. */
export function forwardRow(x: usize, inputs: i32, w: usize, units: i32, out: usize, slope: f32): void {
  const padded = roundUp4(units);
  let bias = w + (<usize>inputs * padded << 2);
  let to = out;
  for (let first = 0; first < units; first += PANEL_UNITS) {
    const width = min(PANEL_UNITS, padded - first);
    const stride = <usize>width << 2;
    let column = w;
    for (let vectors = width >> 2; vectors > 0; ) {
      const taken = vectors >= 8 ? 8 : vectors >= 4 ? 4 : vectors >= 2 ? 2 : 1;
      if (taken == 8) tile(8, x, inputs, column, stride, bias, to, slope);
      else if (taken == 4) tile(4, x, inputs, column, stride, bias, to, slope);
      else if (taken == 2) tile(2, x, inputs, column, stride, bias, to, slope);
      else tile(1, x, inputs, column, stride, bias, to, slope);
      vectors -= taken;
      column += <usize>taken << 4;
      bias += <usize>taken << 4;
      to += <usize>taken << 7;
    }
    w += stride * inputs;
  }
  clearPaddingRows(out, 0, 1, units);
}

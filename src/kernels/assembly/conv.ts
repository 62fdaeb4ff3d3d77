// Two-dimensional convolution over batch panels, rows ordered (channel, y, x). Nothing is unrolled into
// columns: a tap is a byte offset from its window's corner, so the loops read the input in place through two
// small tables, of taps and of windows. Zero padding is a copy of one panel with a margin, which stays in
// the second-level cache; without padding nothing is copied.
// Tiles are exported so that they stay functions of their own; see forward.ts.
import { PANEL_UNITS, clearPaddingRows, madd, roundUp4, splat, splatAt, tileHeight } from './vector';
import { Windows, addMargin, cornersOf, hasMargin, tapCount, tapsOf, windowCount, windowsAt, zerosOf } from './windows';

/**
 * `height` filters × 8 examples at every window. w at the first filter of the tile, weights of the next tap
 * `stride` bytes on; rows of `out` are filters, `outStride` bytes apart.
 */
// @ts-ignore: decorator
@inline
function tile(
  height: i32, x: usize, g: Windows, w: usize, stride: usize, bias: usize, out: usize, outStride: usize, slope: f32,
): void {
  const slopes = splat(slope);
  const taps = tapsOf(g), tapsEnd = taps + (<usize>tapCount(g) << 2);
  let corners = cornersOf(g);
  for (const end = corners + (<usize>windowCount(g) << 2); corners < end; corners += 4, out += 32) {
    const from = x + load<u32>(corners);
    let a0 = splatAt(bias), a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0;
    if (height > 1) a1 = splatAt(bias + 4);
    if (height > 2) a2 = splatAt(bias + 8);
    if (height > 3) a3 = splatAt(bias + 12);
    if (height > 4) a4 = splatAt(bias + 16);
    if (height > 5) a5 = splatAt(bias + 20);
    let b0 = a0, b1 = a1, b2 = a2, b3 = a3, b4 = a4, b5 = a5;
    let weight = w;
    for (let tap = taps; tap < tapsEnd; tap += 4) {
      const at = from + load<u32>(tap);
      const u = v128.load(at), v = v128.load(at + 16);
      let s = splatAt(weight);
      a0 = madd(s, u, a0); b0 = madd(s, v, b0);
      if (height > 1) { s = splatAt(weight + 4); a1 = madd(s, u, a1); b1 = madd(s, v, b1); }
      if (height > 2) { s = splatAt(weight + 8); a2 = madd(s, u, a2); b2 = madd(s, v, b2); }
      if (height > 3) { s = splatAt(weight + 12); a3 = madd(s, u, a3); b3 = madd(s, v, b3); }
      if (height > 4) { s = splatAt(weight + 16); a4 = madd(s, u, a4); b4 = madd(s, v, b4); }
      if (height > 5) { s = splatAt(weight + 20); a5 = madd(s, u, a5); b5 = madd(s, v, b5); }
      weight += stride;
    }
    // The last filter first: by the order of the stores V8 11 schedules the additions, and would spill sums otherwise.
    let to = out + <usize>(height - 1) * outStride;
    if (height > 5) { storeRow(to, a5, b5, slopes); to -= outStride; }
    if (height > 4) { storeRow(to, a4, b4, slopes); to -= outStride; }
    if (height > 3) { storeRow(to, a3, b3, slopes); to -= outStride; }
    if (height > 2) { storeRow(to, a2, b2, slopes); to -= outStride; }
    if (height > 1) { storeRow(to, a1, b1, slopes); to -= outStride; }
    storeRow(to, a0, b0, slopes);
  }
}

/** max(z, slope·z) of 8 examples; a slope of 1 leaves z as it is. */
// @ts-ignore: decorator
@inline
function storeRow(to: usize, a: v128, b: v128, slopes: v128): void {
  v128.store(to, f32x4.pmax(f32x4.mul(a, slopes), a));
  v128.store(to + 16, f32x4.pmax(f32x4.mul(b, slopes), b));
}

export function convolveTile6(x: usize, g: Windows, w: usize, stride: usize, bias: usize, out: usize, os: usize, slope: f32): void {
  tile(6, x, g, w, stride, bias, out, os, slope);
}

export function convolveTile5(x: usize, g: Windows, w: usize, stride: usize, bias: usize, out: usize, os: usize, slope: f32): void {
  tile(5, x, g, w, stride, bias, out, os, slope);
}

export function convolveTile4(x: usize, g: Windows, w: usize, stride: usize, bias: usize, out: usize, os: usize, slope: f32): void {
  tile(4, x, g, w, stride, bias, out, os, slope);
}

export function convolveTile3(x: usize, g: Windows, w: usize, stride: usize, bias: usize, out: usize, os: usize, slope: f32): void {
  tile(3, x, g, w, stride, bias, out, os, slope);
}

export function convolveTile2(x: usize, g: Windows, w: usize, stride: usize, bias: usize, out: usize, os: usize, slope: f32): void {
  tile(2, x, g, w, stride, bias, out, os, slope);
}

export function convolveTile1(x: usize, g: Windows, w: usize, stride: usize, bias: usize, out: usize, os: usize, slope: f32): void {
  tile(1, x, g, w, stride, bias, out, os, slope);
}

export function convolve(
  windows: usize, x: usize, xPanelStride: usize, panels: i32, w: usize, filters: i32, hasBias: i32,
  out: usize, outPanelStride: usize, slope: f32, scratch: usize,
): void {
  const g = windowsAt(windows);
  clearPaddingRows(out, outPanelStride, panels, filters * windowCount(g));
  for (; panels > 0; panels--) {
    const from = hasMargin(g) ? addMargin(g, x, scratch) : x;
    convolvePanel(g, from, w, filters, hasBias, out, slope);
    x += xPanelStride;
    out += outPanelStride;
  }
}

function convolvePanel(g: Windows, x: usize, w: usize, filters: i32, hasBias: i32, out: usize, slope: f32): void {
  const padded = roundUp4(filters);
  const taps = tapCount(g);
  const outStride = <usize>windowCount(g) << 5;
  let bias = w + (<usize>taps * padded << 2);
  for (let first = 0; first < filters; first += PANEL_UNITS) {
    const stride = <usize>min(PANEL_UNITS, padded - first) << 2;
    let column = w;
    for (let rest = min(PANEL_UNITS, filters - first); rest > 0; ) {
      const height = tileHeight(rest);
      const start = hasBias ? bias : zerosOf(g);
      if (height == 6) convolveTile6(x, g, column, stride, start, out, outStride, slope);
      else if (height == 5) convolveTile5(x, g, column, stride, start, out, outStride, slope);
      else if (height == 4) convolveTile4(x, g, column, stride, start, out, outStride, slope);
      else if (height == 3) convolveTile3(x, g, column, stride, start, out, outStride, slope);
      else if (height == 2) convolveTile2(x, g, column, stride, start, out, outStride, slope);
      else convolveTile1(x, g, column, stride, start, out, outStride, slope);
      rest -= height;
      column += <usize>height << 2;
      bias += <usize>height << 2;
      out += <usize>height * outStride;
    }
    w += stride * taps;
  }
}

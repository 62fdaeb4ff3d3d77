// h = max(z, slope·z) with z = x W + b. The register tile is 6 units × 8 examples: 12 accumulators, two
// vectors of x and one splat weight fill the 15 registers V8 gives us. One k per turn of the loop: unrolled,
// the same code measured 10 % slower on Node 20 and 26, because the register allocator inserts moves.
import { PANEL_UNITS, clearPaddingRows, madd, roundUp4, splat, splatAt, tileHeight, zero } from './vector';

/** h = max(slope·z, z) over `height` rows of one panel, in this order: it keeps NaN, and makes it of −∞ · 0. */
// @ts-ignore: decorator
@inline
function applySlope(out: usize, height: i32, slope: f32): void {
  if (slope == 1) return;
  const slopes = splat(slope);
  for (const end = out + (<usize>height << 5); out < end; out += 16) {
    const z = v128.load(out);
    v128.store(out, f32x4.pmax(f32x4.mul(z, slopes), z));
  }
}

/**
 * `height` units × 8 examples; w at its first unit, weights of the next input `stride` bytes on. The slope
 * is applied to the stored tile: applied to the accumulators, it costs Node 20 a third of the speed, because
 * its register allocator then spills them inside the loop.
 */
// @ts-ignore: decorator
@inline
function tile(
  height: i32, x: usize, inputs: i32, w: usize, stride: usize, bias: usize, out: usize, slope: f32,
): void {
  let a0 = splatAt(bias), a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0;
  if (height > 1) a1 = splatAt(bias + 4);
  if (height > 2) a2 = splatAt(bias + 8);
  if (height > 3) a3 = splatAt(bias + 12);
  if (height > 4) a4 = splatAt(bias + 16);
  if (height > 5) a5 = splatAt(bias + 20);
  let b0 = a0, b1 = a1, b2 = a2, b3 = a3, b4 = a4, b5 = a5;
  for (; inputs > 0; inputs--) {
    const u = v128.load(x), v = v128.load(x + 16);
    let s = splatAt(w);
    a0 = madd(s, u, a0); b0 = madd(s, v, b0);
    if (height > 1) { s = splatAt(w + 4); a1 = madd(s, u, a1); b1 = madd(s, v, b1); }
    if (height > 2) { s = splatAt(w + 8); a2 = madd(s, u, a2); b2 = madd(s, v, b2); }
    if (height > 3) { s = splatAt(w + 12); a3 = madd(s, u, a3); b3 = madd(s, v, b3); }
    if (height > 4) { s = splatAt(w + 16); a4 = madd(s, u, a4); b4 = madd(s, v, b4); }
    if (height > 5) { s = splatAt(w + 20); a5 = madd(s, u, a5); b5 = madd(s, v, b5); }
    x += 32;
    w += stride;
  }
  v128.store(out, a0); v128.store(out + 16, b0);
  if (height > 1) { v128.store(out + 32, a1); v128.store(out + 48, b1); }
  if (height > 2) { v128.store(out + 64, a2); v128.store(out + 80, b2); }
  if (height > 3) { v128.store(out + 96, a3); v128.store(out + 112, b3); }
  if (height > 4) { v128.store(out + 128, a4); v128.store(out + 144, b4); }
  if (height > 5) { v128.store(out + 160, a5); v128.store(out + 176, b5); }
  applySlope(out, height, slope);
}

// The tiles are exported only so that binaryen leaves them functions of their own: inlined into the loops
// around them they run at half speed on Node 20, whose register allocator then spills accumulators.

export function forwardTile6(x: usize, inputs: i32, w: usize, stride: usize, bias: usize, out: usize, slope: f32): void {
  tile(6, x, inputs, w, stride, bias, out, slope);
}

export function forwardTile5(x: usize, inputs: i32, w: usize, stride: usize, bias: usize, out: usize, slope: f32): void {
  tile(5, x, inputs, w, stride, bias, out, slope);
}

export function forwardTile4(x: usize, inputs: i32, w: usize, stride: usize, bias: usize, out: usize, slope: f32): void {
  tile(4, x, inputs, w, stride, bias, out, slope);
}

export function forwardTile3(x: usize, inputs: i32, w: usize, stride: usize, bias: usize, out: usize, slope: f32): void {
  tile(3, x, inputs, w, stride, bias, out, slope);
}

export function forwardTile2(x: usize, inputs: i32, w: usize, stride: usize, bias: usize, out: usize, slope: f32): void {
  tile(2, x, inputs, w, stride, bias, out, slope);
}

export function forwardTile1(x: usize, inputs: i32, w: usize, stride: usize, bias: usize, out: usize, slope: f32): void {
  tile(1, x, inputs, w, stride, bias, out, slope);
}

/** One unit × 32 examples: eight independent sums hide the latency that one pair would wait for. */
export function forwardWide(
  x: usize, xStride: usize, inputs: i32, w: usize, stride: usize, bias: usize, out: usize, outStride: usize, slope: f32,
): void {
  let a0 = splatAt(bias), b0 = a0, a1 = a0, b1 = a0, a2 = a0, b2 = a0, a3 = a0, b3 = a0;
  let x1 = x + xStride, x2 = x1 + xStride, x3 = x2 + xStride;
  for (; inputs > 0; inputs--) {
    const s = splatAt(w);
    a0 = madd(s, v128.load(x), a0); b0 = madd(s, v128.load(x + 16), b0);
    a1 = madd(s, v128.load(x1), a1); b1 = madd(s, v128.load(x1 + 16), b1);
    a2 = madd(s, v128.load(x2), a2); b2 = madd(s, v128.load(x2 + 16), b2);
    a3 = madd(s, v128.load(x3), a3); b3 = madd(s, v128.load(x3 + 16), b3);
    x += 32; x1 += 32; x2 += 32; x3 += 32;
    w += stride;
  }
  v128.store(out, a0); v128.store(out + 16, b0); applySlope(out, 1, slope); out += outStride;
  v128.store(out, a1); v128.store(out + 16, b1); applySlope(out, 1, slope); out += outStride;
  v128.store(out, a2); v128.store(out + 16, b2); applySlope(out, 1, slope); out += outStride;
  v128.store(out, a3); v128.store(out + 16, b3); applySlope(out, 1, slope);
}

export function forward(
  x: usize, xPanelStride: usize, panels: i32, inputs: i32, w: usize, units: i32,
  out: usize, outPanelStride: usize, slope: f32,
): void {
  const bias = w + (<usize>inputs * roundUp4(units) << 2);
  unitPanels(x, xPanelStride, panels, inputs, w, units, bias, out, outPanelStride, slope);
}

export function linear(
  x: usize, xPanelStride: usize, panels: i32, inputs: i32, w: usize, units: i32,
  out: usize, outPanelStride: usize, zeros: usize,
): void {
  const bytes = <usize>roundUp4(units) << 2;
  for (let at = zeros, end = zeros + bytes; at < end; at += 16) v128.store(at, zero());
  unitPanels(x, xPanelStride, panels, inputs, w, units, zeros, out, outPanelStride, 1);
}

/** All units, beginning with what lies at `bias`. */
function unitPanels(
  x: usize, xPanelStride: usize, panels: i32, inputs: i32, w: usize, units: i32, bias: usize,
  out: usize, outPanelStride: usize, slope: f32,
): void {
  const padded = roundUp4(units);
  let to = out;
  for (let first = 0; first < units; first += PANEL_UNITS) {
    const stride = <usize>min(PANEL_UNITS, padded - first) << 2;
    unitPanel(x, xPanelStride, panels, inputs, w, stride, min(PANEL_UNITS, units - first), bias, to, outPanelStride, slope);
    w += stride * inputs;
    bias += PANEL_UNITS << 2;
    to += PANEL_UNITS << 5;
  }
  clearPaddingRows(out, outPanelStride, panels, units);
}

/** The units of one column panel, for all examples; a panel of x stays in the first-level cache meanwhile. */
function unitPanel(
  x: usize, xPanelStride: usize, panels: i32, inputs: i32, w: usize, stride: usize, units: i32, bias: usize,
  out: usize, outPanelStride: usize, slope: f32,
): void {
  if (units <= 2) {
    for (; panels >= 4; panels -= 4) {
      for (let o = 0; o < units; o++) {
        const c = <usize>o << 2;
        forwardWide(x, xPanelStride, inputs, w + c, stride, bias + c, out + (c << 3), outPanelStride, slope);
      }
      x += xPanelStride << 2;
      out += outPanelStride << 2;
    }
  }
  for (; panels > 0; panels--) {
    let column = w, start = bias, to = out;
    for (let rest = units; rest > 0; ) {
      const height = tileHeight(rest);
      if (height == 6) forwardTile6(x, inputs, column, stride, start, to, slope);
      else if (height == 5) forwardTile5(x, inputs, column, stride, start, to, slope);
      else if (height == 4) forwardTile4(x, inputs, column, stride, start, to, slope);
      else if (height == 3) forwardTile3(x, inputs, column, stride, start, to, slope);
      else if (height == 2) forwardTile2(x, inputs, column, stride, start, to, slope);
      else forwardTile1(x, inputs, column, stride, start, to, slope);
      rest -= height;
      column += <usize>height << 2;
      start += <usize>height << 2;
      to += <usize>height << 5;
    }
    x += xPanelStride;
    out += outPanelStride;
  }
}

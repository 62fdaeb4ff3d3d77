// h = max(z, slope·z) with z = x W + b. The register tile is 6 units × 8 examples (5 in strict arithmetic): 12 sums, two
// vectors of x and one weight fill the 15 registers that V8 gives. One k per turn of the loop: unrolled, the same code
// measured 10 % slower on Node 20 and 26, because the register allocator inserts moves.
import { forwardTile } from './tile-of-height';
import { applySlope } from './tile-parts';
import { PANEL_UNITS, clearPaddingRows, madd, roundUp4, splatAt, tileHeight, zero } from './vector';

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
      forwardTile(height, x, inputs, column, stride, start, to, slope);
      rest -= height;
      column += <usize>height << 2;
      start += <usize>height << 2;
      to += <usize>height << 5;
    }
    x += xPanelStride;
    out += outPanelStride;
  }
}

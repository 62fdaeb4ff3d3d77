// h = max(z, slope·z) with z = x W + b. The register tile is 6 units × 8 examples (5 in strict arithmetic): 12 sums, two
// vectors of x and one weight fill the 15 registers that V8 gives. One k per turn of the loop: unrolled, the same code
// measured 10 % slower on Node 20 and 26, because the register allocator inserts moves.
import { forwardTile, wideTile } from './tile-of-height';
import { PANEL_UNITS, clearPaddingRows, roundUp4, tileHeight, zero } from './vector';

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
        wideTile(4, x, xPanelStride, inputs, w + c, stride, bias + c, out + (c << 3), outPanelStride, slope);
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

// Two-dimensional convolution over batch panels, rows ordered (channel, y, x). Nothing is unrolled into
// columns: a tap is a byte offset from its window's corner, so the loops read the input in place through two
// small tables, of taps and of windows. Zero padding is a copy of one panel with a margin, which stays in
// the second-level cache; without padding nothing is copied.
import { convolveTile } from './tile-of-height';
import { PANEL_UNITS, clearPaddingRows, roundUp4, windowTileHeight } from './vector';
import { Windows, addMargin, hasMargin, tapCount, windowCount, windowsAt, zerosOf } from './windows';

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
      const height = windowTileHeight(rest);
      const start = hasBias ? bias : zerosOf(g);
      convolveTile(height, x, g, column, stride, start, out, outStride, slope);
      rest -= height;
      column += <usize>height << 2;
      bias += <usize>height << 2;
      out += <usize>height * outStride;
    }
    w += stride * taps;
  }
}

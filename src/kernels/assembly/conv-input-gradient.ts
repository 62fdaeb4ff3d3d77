// The transpose of conv.ts: every window adds Wᵀ dz to the taps it saw. A tile is 4 taps × 8 examples, which
// rest in the image's gradient between two windows; the sum over the filters is the inner loop. The weights
// are repacked first, tile by tile with the taps of a filter side by side, so that one pointer reads them.
// Any stride and padding is the same loop over the same two tables.
import { convolveInputTile } from './tile-of-height';
import { PANEL_UNITS, clearPaddingRows, gate, gateOf, roundUp4, splat, windowTileHeight } from './vector';
import {
  Windows, clearImage, hasMargin, removeMargin, tapCount, tapsOf, windowCount, windowsAt,
} from './windows';

export function convolveInputGradient(
  windows: usize, dz: usize, dzPanelStride: usize, panels: i32, w: usize, filters: i32,
  h: usize, slope: f32, dx: usize, dxPanelStride: usize, scratch: usize,
): void {
  const g = windowsAt(windows);
  const packed = scratch + g.imageBytes;
  packWeights(w, tapCount(g), filters, packed);
  const rows = g.channels * g.height * g.width;
  const bytes = <usize>rows << 5;
  clearPaddingRows(dx, dxPanelStride, panels, rows);
  for (; panels > 0; panels--) {
    if (hasMargin(g)) {
      clearImage(g, scratch);
      windowTaps(g, dz, filters, packed, scratch);
      removeMargin(g, scratch, dx);
    } else {
      memory.fill(dx, 0, bytes);
      windowTaps(g, dz, filters, packed, dx);
    }
    if (slope != 1) {
      applySlope(dx, h, bytes, slope);
      h += dxPanelStride;
    }
    dz += dzPanelStride;
    dx += dxPanelStride;
  }
}

/** W (taps, filters) → tiles of windowTileHeight taps, each [filters][height], the last taps first. */
function packWeights(w: usize, taps: i32, filters: i32, to: usize): void {
  const padded = roundUp4(filters);
  for (let row = taps; row > 0; ) {
    const height = windowTileHeight(row);
    row -= height;
    for (let f = 0; f < filters; f++) {
      const first = f - (f % PANEL_UNITS);
      const width = min(PANEL_UNITS, padded - first);
      let from = w + (<usize>(first * taps + row * width + f - first) << 2);
      for (let i = 0; i < height; i++, from += <usize>width << 2, to += 4) store<f32>(to, load<f32>(from));
    }
  }
}

/**
 * Adds Wᵀ dz of every window of one panel to the image's gradient, the last taps first: a pixel is then met by its
 * windows in ascending order whatever the height of a tile, because the later a window, the earlier the tap it is seen by.
 */
function windowTaps(g: Windows, dz: usize, filters: i32, packed: usize, image: usize): void {
  for (let row = tapCount(g); row > 0; ) {
    const height = windowTileHeight(row);
    row -= height;
    const tap = tapsOf(g) + (<usize>row << 2);
    convolveInputTile(height, dz, filters, g, tap, packed, image);
    packed += <usize>(height * filters) << 2;
  }
}

/** dx *= (h > 0 ? 1 : slope); h is the layer's input. */
// @ts-ignore: decorator
@inline
export function applySlope(dx: usize, h: usize, bytes: usize, slope: f32): void {
  const slopes = splat(slope), change = gateOf(slopes);
  for (const end = dx + bytes; dx < end; dx += 16, h += 16) {
    v128.store(dx, f32x4.mul(v128.load(dx), gate(v128.load(h), slopes, change)));
  }
}

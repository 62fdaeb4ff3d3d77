// The transpose of conv.ts: every window adds Wᵀ dz to the taps it saw. A tile is 6 taps × 8 examples, which
// rest in the image's gradient between two windows; the sum over the filters is the inner loop. The weights
// are repacked first, tile by tile with the taps of a filter side by side, so that one pointer reads them.
// Any stride and padding is the same loop over the same two tables.
import { PANEL_UNITS, clearPaddingRows, gate, gateOf, madd, roundUp4, splat, splatAt, tileHeight } from './vector';
import {
  Windows, clearImage, cornersOf, hasMargin, removeMargin, tapCount, tapsOf, windowCount, windowsAt,
} from './windows';

/** `height` taps at every window; `tap` lists their offsets, packed[filters][height] their weights. */
// @ts-ignore: decorator
@inline
function tile(height: i32, dz: usize, filters: i32, g: Windows, tap: usize, packed: usize, image: usize): void {
  const rowBytes = <usize>windowCount(g) << 5;
  const t0 = image + load<u32>(tap);
  let t1 = t0, t2 = t0, t3 = t0, t4 = t0, t5 = t0;
  if (height > 1) t1 = image + load<u32>(tap, 4);
  if (height > 2) t2 = image + load<u32>(tap, 8);
  if (height > 3) t3 = image + load<u32>(tap, 12);
  if (height > 4) t4 = image + load<u32>(tap, 16);
  if (height > 5) t5 = image + load<u32>(tap, 20);
  let corners = cornersOf(g);
  for (const end = corners + (<usize>windowCount(g) << 2); corners < end; corners += 4, dz += 32) {
    const corner = load<u32>(corners);
    let a0 = v128.load(t0 + corner), b0 = v128.load(t0 + corner + 16);
    let a1 = a0, b1 = b0, a2 = a0, b2 = b0, a3 = a0, b3 = b0, a4 = a0, b4 = b0, a5 = a0, b5 = b0;
    if (height > 1) { a1 = v128.load(t1 + corner); b1 = v128.load(t1 + corner + 16); }
    if (height > 2) { a2 = v128.load(t2 + corner); b2 = v128.load(t2 + corner + 16); }
    if (height > 3) { a3 = v128.load(t3 + corner); b3 = v128.load(t3 + corner + 16); }
    if (height > 4) { a4 = v128.load(t4 + corner); b4 = v128.load(t4 + corner + 16); }
    if (height > 5) { a5 = v128.load(t5 + corner); b5 = v128.load(t5 + corner + 16); }
    let row = dz, weight = packed;
    for (let f = filters; f > 0; f--) {
      const u = v128.load(row), v = v128.load(row + 16);
      let s = splatAt(weight);
      a0 = madd(s, u, a0); b0 = madd(s, v, b0);
      if (height > 1) { s = splatAt(weight + 4); a1 = madd(s, u, a1); b1 = madd(s, v, b1); }
      if (height > 2) { s = splatAt(weight + 8); a2 = madd(s, u, a2); b2 = madd(s, v, b2); }
      if (height > 3) { s = splatAt(weight + 12); a3 = madd(s, u, a3); b3 = madd(s, v, b3); }
      if (height > 4) { s = splatAt(weight + 16); a4 = madd(s, u, a4); b4 = madd(s, v, b4); }
      if (height > 5) { s = splatAt(weight + 20); a5 = madd(s, u, a5); b5 = madd(s, v, b5); }
      row += rowBytes;
      weight += height << 2;
    }
    // The last tap first, as in conv.ts.
    if (height > 5) { v128.store(t5 + corner, a5); v128.store(t5 + corner + 16, b5); }
    if (height > 4) { v128.store(t4 + corner, a4); v128.store(t4 + corner + 16, b4); }
    if (height > 3) { v128.store(t3 + corner, a3); v128.store(t3 + corner + 16, b3); }
    if (height > 2) { v128.store(t2 + corner, a2); v128.store(t2 + corner + 16, b2); }
    if (height > 1) { v128.store(t1 + corner, a1); v128.store(t1 + corner + 16, b1); }
    v128.store(t0 + corner, a0); v128.store(t0 + corner + 16, b0);
  }
}

// Exported so that they stay functions of their own; see forward.ts.

export function convolveInputTile6(dz: usize, filters: i32, g: Windows, tap: usize, packed: usize, image: usize): void {
  tile(6, dz, filters, g, tap, packed, image);
}

export function convolveInputTile5(dz: usize, filters: i32, g: Windows, tap: usize, packed: usize, image: usize): void {
  tile(5, dz, filters, g, tap, packed, image);
}

export function convolveInputTile4(dz: usize, filters: i32, g: Windows, tap: usize, packed: usize, image: usize): void {
  tile(4, dz, filters, g, tap, packed, image);
}

export function convolveInputTile3(dz: usize, filters: i32, g: Windows, tap: usize, packed: usize, image: usize): void {
  tile(3, dz, filters, g, tap, packed, image);
}

export function convolveInputTile2(dz: usize, filters: i32, g: Windows, tap: usize, packed: usize, image: usize): void {
  tile(2, dz, filters, g, tap, packed, image);
}

export function convolveInputTile1(dz: usize, filters: i32, g: Windows, tap: usize, packed: usize, image: usize): void {
  tile(1, dz, filters, g, tap, packed, image);
}

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

/** Taps of the next tile when `rest` are left; fewer where a product needs a register of its own. */
// @ts-ignore: decorator
@inline
function tapTile(rest: i32): i32 {
  if (!ASC_FEATURE_RELAXED_SIMD) return rest <= 5 ? rest : 4;
  return tileHeight(rest);
}

/** W (taps, filters) → tiles of tapTile taps, each [filters][height], the last taps first. */
function packWeights(w: usize, taps: i32, filters: i32, to: usize): void {
  const padded = roundUp4(filters);
  for (let row = taps; row > 0; ) {
    const height = tapTile(row);
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
    const height = tapTile(row);
    row -= height;
    const tap = tapsOf(g) + (<usize>row << 2);
    if (height == 6) convolveInputTile6(dz, filters, g, tap, packed, image);
    else if (height == 5) convolveInputTile5(dz, filters, g, tap, packed, image);
    else if (height == 4) convolveInputTile4(dz, filters, g, tap, packed, image);
    else if (height == 3) convolveInputTile3(dz, filters, g, tap, packed, image);
    else if (height == 2) convolveInputTile2(dz, filters, g, tap, packed, image);
    else convolveInputTile1(dz, filters, g, tap, packed, image);
    packed += <usize>(height * filters) << 2;
  }
}

/** dx *= (h > 0 ? 1 : slope); h is the layer's input. */
export function applySlope(dx: usize, h: usize, bytes: usize, slope: f32): void {
  const slopes = splat(slope), change = gateOf(slopes);
  for (const end = dx + bytes; dx < end; dx += 16, h += 16) {
    v128.store(dx, f32x4.mul(v128.load(dx), gate(v128.load(h), slopes, change)));
  }
}

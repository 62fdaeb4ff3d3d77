// dW(tap, filter) = Σ over examples and windows of x(tap) dz(filter). The vectors run along the batch: every lane of an
// octet of examples is a sum of its own over all panels and windows, and nothing is transposed. The tile is 3 taps ×
// 2 filters. The octets are added up once, when every panel is done, and the column panel goes to the update at once.
// Scratch behind the image with its margin: f32[taps][width][8 lanes], then f32[width][8 lanes] for the biases.
import { convolveWeightTile } from './tile-of-height';
import { update } from './update';
import { PANEL_UNITS, roundUp4, sumsOfOctets } from './vector';
import { Windows, addMargin, hasMargin, tapCount, tapsOf, windowCount, windowsAt } from './windows';

export function convolveWeightGradient(
  windows: usize, x: usize, xPanelStride: usize, panels: i32, dz: usize, dzPanelStride: usize, w: usize, filters: i32,
  scratch: usize, updateBlock: usize,
): void {
  const g = windowsAt(windows);
  const taps = tapCount(g), padded = roundUp4(filters);
  let bias = w + (<usize>taps * padded << 2);
  for (let first = 0; first < filters; first += PANEL_UNITS) {
    const columns = min(PANEL_UNITS, padded - first);
    const real = min(PANEL_UNITS, filters - first);
    const sums = scratch + g.imageBytes, biasSums = sums + (<usize>(taps * columns) << 5);
    memory.fill(sums, 0, <usize>((taps + 1) * columns) << 5);
    for (let p: usize = 0; p < <usize>panels; p++) {
      const from = x + p * xPanelStride;
      addPanel(
        g, hasMargin(g) ? addMargin(g, from, scratch) : from, dz + p * dzPanelStride, real, columns, sums, biasSums,
      );
    }
    finish(biasSums, columns, real);
    for (let k = 0; k < taps; k++) finish(sums + (<usize>(k * columns) << 5), columns, real);
    gather(sums, taps, columns);
    update(bias, biasSums, <usize>columns << 2, updateBlock, false);
    const bytes = <usize>(taps * columns) << 2;
    update(w, sums, bytes, updateBlock, true);
    w += bytes;
    bias += PANEL_UNITS << 2;
    dz += <usize>(PANEL_UNITS * windowCount(g)) << 5;
  }
}

/**
 * Taps of the next tile when `rest` are left. Four are 2 + 2, because a tile of one would wait for its own additions;
 * and two where a product needs a register of its own.
 */
// @ts-ignore: decorator
@inline
function tapTile(rest: i32): i32 {
  if (!ASC_FEATURE_RELAXED_SIMD) return rest == 3 ? 3 : min(2, rest);
  return rest == 4 ? 2 : min(3, rest);
}

function addPanel(g: Windows, x: usize, dz: usize, filters: i32, columns: i32, sums: usize, biasSums: usize): void {
  const row = <usize>windowCount(g) << 5;
  const stride = <usize>columns << 5;
  const last = filters - 1;
  for (let f = 0; f < filters; f += 4) {
    const d = dz + row * f;
    addBias(d, dz + row * min(f + 1, last), dz + row * min(f + 2, last), dz + row * min(f + 3, last), row, biasSums + (<usize>f << 5));
  }
  for (let f = 0; f < filters; f += 2) {
    const d0 = dz + row * f;
    const d1 = dz + row * min(f + 1, last);
    let tap = tapsOf(g), out = sums + (<usize>f << 5);
    for (let rest = tapCount(g); rest > 0; ) {
      const height = tapTile(rest);
      convolveWeightTile(height, x, tap, g, d0, d1, out, stride);
      rest -= height;
      tap += <usize>height << 2;
      out += stride * height;
    }
  }
}

/** Adds 4 filters over all windows of one panel to their octets at `out`. */
function addBias(d0: usize, d1: usize, d2: usize, d3: usize, bytes: usize, out: usize): void {
  let a0 = v128.load(out), b0 = v128.load(out, 16), a1 = v128.load(out, 32), b1 = v128.load(out, 48);
  let a2 = v128.load(out, 64), b2 = v128.load(out, 80), a3 = v128.load(out, 96), b3 = v128.load(out, 112);
  for (const end = d0 + bytes; d0 < end; d0 += 32, d1 += 32, d2 += 32, d3 += 32) {
    a0 = f32x4.add(a0, v128.load(d0)); b0 = f32x4.add(b0, v128.load(d0, 16));
    a1 = f32x4.add(a1, v128.load(d1)); b1 = f32x4.add(b1, v128.load(d1, 16));
    a2 = f32x4.add(a2, v128.load(d2)); b2 = f32x4.add(b2, v128.load(d2, 16));
    a3 = f32x4.add(a3, v128.load(d3)); b3 = f32x4.add(b3, v128.load(d3, 16));
  }
  v128.store(out, a0); v128.store(out, b0, 16); v128.store(out, a1, 32); v128.store(out, b1, 48);
  v128.store(out, a2, 64); v128.store(out, b2, 80); v128.store(out, a3, 96); v128.store(out, b3, 112);
}

/** f32[columns][8 lanes] → f32[columns], at the same address: sums over the lanes, padding columns zero. */
function finish(sums: usize, columns: i32, filters: i32): void {
  let to = sums;
  for (let f = 0; f < columns; f += 4, sums += 128, to += 16) {
    const isReal = i32x4.gt_s(i32x4.splat(filters - f), i32x4(0, 1, 2, 3));
    v128.store(to, v128.and(sumsOfOctets(sums), isReal));
  }
}

/** Closes the gaps `finish` leaves between the taps. */
function gather(sums: usize, taps: i32, columns: i32): void {
  const bytes = <usize>columns << 2;
  for (let k: usize = 1; k < <usize>taps; k++) memory.copy(sums + k * bytes, sums + k * (bytes << 3), bytes);
}

// dW(tap, filter) = Σ over examples and windows of x(tap) dz(filter). The vectors run along the batch, and a
// tile of 3 taps × 4 filters is summed lane by lane over all windows: nothing is transposed. The lanes are
// added together once, when every panel is done, and the whole column panel goes to the update at once.
// Scratch behind the geometry: f32[taps][width][4 lanes], then f32[width] for the biases.
import { update } from './update';
import { PANEL_UNITS, highHalves, lowHalves, madd, roundUp4, zero, zipHigh, zipLow } from './vector';
import { Windows, addMargin, beginScratch, describeWindows, hasMargin, tapCount, windowCount } from './windows';

/**
 * Adds `height` taps × 4 filters over all windows of one panel to their sums at `out`, taps `stride` bytes
 * apart. Filters beyond the last repeat it; `finish` clears what they add up to.
 */
// @ts-ignore: decorator
@inline
function tile(
  height: i32, x: usize, tap: usize, g: Windows, d0: usize, d1: usize, d2: usize, d3: usize, out: usize, stride: usize,
): void {
  const x0 = x + load<u32>(tap);
  let x1 = x0, x2 = x0;
  if (height > 1) x1 = x + load<u32>(tap, 4);
  if (height > 2) x2 = x + load<u32>(tap, 8);
  const o1 = out + stride, o2 = o1 + stride;
  let a0 = v128.load(out), a1 = v128.load(out + 16), a2 = v128.load(out + 32), a3 = v128.load(out + 48);
  let b0 = a0, b1 = a1, b2 = a2, b3 = a3, c0 = a0, c1 = a1, c2 = a2, c3 = a3;
  if (height > 1) { b0 = v128.load(o1); b1 = v128.load(o1 + 16); b2 = v128.load(o1 + 32); b3 = v128.load(o1 + 48); }
  if (height > 2) { c0 = v128.load(o2); c1 = v128.load(o2 + 16); c2 = v128.load(o2 + 32); c3 = v128.load(o2 + 48); }
  let corners = g.corners;
  for (const end = corners + (<usize>windowCount(g) << 2); corners < end; corners += 4) {
    const corner = load<u32>(corners);
    let u = v128.load(x0 + corner), v = u, w = u;
    if (height > 1) v = v128.load(x1 + corner);
    if (height > 2) w = v128.load(x2 + corner);
    let d = v128.load(d0);
    a0 = madd(u, d, a0); if (height > 1) b0 = madd(v, d, b0); if (height > 2) c0 = madd(w, d, c0);
    d = v128.load(d1);
    a1 = madd(u, d, a1); if (height > 1) b1 = madd(v, d, b1); if (height > 2) c1 = madd(w, d, c1);
    d = v128.load(d2);
    a2 = madd(u, d, a2); if (height > 1) b2 = madd(v, d, b2); if (height > 2) c2 = madd(w, d, c2);
    d = v128.load(d3);
    a3 = madd(u, d, a3); if (height > 1) b3 = madd(v, d, b3); if (height > 2) c3 = madd(w, d, c3);
    u = v128.load(x0 + corner + 16);
    if (height > 1) v = v128.load(x1 + corner + 16);
    if (height > 2) w = v128.load(x2 + corner + 16);
    d = v128.load(d0 + 16);
    a0 = madd(u, d, a0); if (height > 1) b0 = madd(v, d, b0); if (height > 2) c0 = madd(w, d, c0);
    d = v128.load(d1 + 16);
    a1 = madd(u, d, a1); if (height > 1) b1 = madd(v, d, b1); if (height > 2) c1 = madd(w, d, c1);
    d = v128.load(d2 + 16);
    a2 = madd(u, d, a2); if (height > 1) b2 = madd(v, d, b2); if (height > 2) c2 = madd(w, d, c2);
    d = v128.load(d3 + 16);
    a3 = madd(u, d, a3); if (height > 1) b3 = madd(v, d, b3); if (height > 2) c3 = madd(w, d, c3);
    d0 += 32; d1 += 32; d2 += 32; d3 += 32;
  }
  v128.store(out, a0); v128.store(out + 16, a1); v128.store(out + 32, a2); v128.store(out + 48, a3);
  if (height > 1) { v128.store(o1, b0); v128.store(o1 + 16, b1); v128.store(o1 + 32, b2); v128.store(o1 + 48, b3); }
  if (height > 2) { v128.store(o2, c0); v128.store(o2 + 16, c1); v128.store(o2 + 32, c2); v128.store(o2 + 48, c3); }
}

// Exported so that they stay functions of their own; see forward.ts.

export function convolveWeightTile3(
  x: usize, tap: usize, g: Windows, d0: usize, d1: usize, d2: usize, d3: usize, out: usize, stride: usize,
): void {
  tile(3, x, tap, g, d0, d1, d2, d3, out, stride);
}

export function convolveWeightTile2(
  x: usize, tap: usize, g: Windows, d0: usize, d1: usize, d2: usize, d3: usize, out: usize, stride: usize,
): void {
  tile(2, x, tap, g, d0, d1, d2, d3, out, stride);
}

export function convolveWeightTile1(
  x: usize, tap: usize, g: Windows, d0: usize, d1: usize, d2: usize, d3: usize, out: usize, stride: usize,
): void {
  tile(1, x, tap, g, d0, d1, d2, d3, out, stride);
}

export function convolveWeightGradient(
  channels: i32, height: i32, width: i32, windowHeight: i32, windowWidth: i32, strideY: i32, strideX: i32,
  top: i32, left: i32, outHeight: i32, outWidth: i32,
  x: usize, xPanelStride: usize, panels: i32, dz: usize, dzPanelStride: usize, w: usize, filters: i32,
  scratch: usize, updateBlock: usize,
): void {
  const g = beginScratch(scratch);
  describeWindows(
    g, channels, height, width, windowHeight, windowWidth, strideY, strideX, top, left, outHeight, outWidth,
  );
  const taps = tapCount(g), padded = roundUp4(filters);
  let bias = w + (<usize>taps * padded << 2);
  for (let first = 0; first < filters; first += PANEL_UNITS) {
    const columns = min(PANEL_UNITS, padded - first);
    const real = min(PANEL_UNITS, filters - first);
    const sums = g.rest, biasSums = sums + (<usize>(taps * columns) << 4);
    memory.fill(sums, 0, <usize>((taps + 1) * columns) << 4);
    for (let p: usize = 0; p < <usize>panels; p++) {
      const from = x + p * xPanelStride;
      addPanel(g, hasMargin(g) ? addMargin(g, from) : from, dz + p * dzPanelStride, real, columns, sums, biasSums);
    }
    finish(biasSums, columns, real);
    for (let k = 0; k < taps; k++) finish(sums + (<usize>(k * columns) << 4), columns, real);
    gather(sums, taps, columns);
    update(bias, biasSums, <usize>columns << 2, updateBlock, false);
    const bytes = <usize>(taps * columns) << 2;
    update(w, sums, bytes, updateBlock, true);
    w += bytes;
    bias += PANEL_UNITS << 2;
    dz += <usize>(PANEL_UNITS * windowCount(g)) << 5;
  }
}

function addPanel(g: Windows, x: usize, dz: usize, filters: i32, columns: i32, sums: usize, biasSums: usize): void {
  const row = <usize>windowCount(g) << 5;
  const stride = <usize>columns << 4;
  for (let f = 0; f < filters; f += 4) {
    const d0 = dz + row * f;
    const d1 = dz + row * min(f + 1, filters - 1);
    const d2 = dz + row * min(f + 2, filters - 1);
    const d3 = dz + row * min(f + 3, filters - 1);
    addBias(d0, d1, d2, d3, row, biasSums + (<usize>f << 4));
    let tap = g.taps, out = sums + (<usize>f << 4);
    for (let rest = tapCount(g); rest > 0; ) {
      // Four taps left are 2 + 2: a tile of one tap would wait for its own additions.
      const height = rest == 4 ? 2 : min(3, rest);
      if (height == 3) convolveWeightTile3(x, tap, g, d0, d1, d2, d3, out, stride);
      else if (height == 2) convolveWeightTile2(x, tap, g, d0, d1, d2, d3, out, stride);
      else convolveWeightTile1(x, tap, g, d0, d1, d2, d3, out, stride);
      rest -= height;
      tap += <usize>height << 2;
      out += stride * height;
    }
  }
}

/** Adds 4 filters over all windows of one panel to their sums at `out`. */
function addBias(d0: usize, d1: usize, d2: usize, d3: usize, bytes: usize, out: usize): void {
  let a0 = v128.load(out), a1 = v128.load(out + 16), a2 = v128.load(out + 32), a3 = v128.load(out + 48);
  let b0 = zero(), b1 = b0, b2 = b0, b3 = b0;
  for (const end = d0 + bytes; d0 < end; d0 += 32, d1 += 32, d2 += 32, d3 += 32) {
    a0 = f32x4.add(a0, v128.load(d0)); b0 = f32x4.add(b0, v128.load(d0 + 16));
    a1 = f32x4.add(a1, v128.load(d1)); b1 = f32x4.add(b1, v128.load(d1 + 16));
    a2 = f32x4.add(a2, v128.load(d2)); b2 = f32x4.add(b2, v128.load(d2 + 16));
    a3 = f32x4.add(a3, v128.load(d3)); b3 = f32x4.add(b3, v128.load(d3 + 16));
  }
  v128.store(out, f32x4.add(a0, b0)); v128.store(out + 16, f32x4.add(a1, b1));
  v128.store(out + 32, f32x4.add(a2, b2)); v128.store(out + 48, f32x4.add(a3, b3));
}

/** f32[columns][4 lanes] → f32[columns], at the same address: sums over the lanes, padding columns zero. */
function finish(sums: usize, columns: i32, filters: i32): void {
  let to = sums;
  for (let f = 0; f < columns; f += 4, sums += 64, to += 16) {
    const r0 = v128.load(sums), r1 = v128.load(sums + 16), r2 = v128.load(sums + 32), r3 = v128.load(sums + 48);
    const low01 = zipLow(r0, r1), high01 = zipHigh(r0, r1), low23 = zipLow(r2, r3), high23 = zipHigh(r2, r3);
    const even = f32x4.add(lowHalves(low01, low23), highHalves(low01, low23));
    const odd = f32x4.add(lowHalves(high01, high23), highHalves(high01, high23));
    const isReal = i32x4.gt_s(i32x4.splat(filters - f), i32x4(0, 1, 2, 3));
    v128.store(to, v128.and(f32x4.add(even, odd), isReal));
  }
}

/** Closes the gaps `finish` leaves between the taps. */
function gather(sums: usize, taps: i32, columns: i32): void {
  const bytes = <usize>columns << 2;
  for (let k: usize = 1; k < <usize>taps; k++) memory.copy(sums + k * bytes, sums + k * (bytes << 2), bytes);
}

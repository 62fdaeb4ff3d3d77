// dW(i, o) = Σ_b x(i, b) dz(o, b) and db(o) = Σ_b dz(o, b), for one column panel after the other:
// dz of the panel is repacked with its units side by side ([8 units][example] → [example][8 units]), tiles of
// 6 inputs × 8 units (5 in strict arithmetic) are summed over the batch into scratch, and their rows (contiguous in w)
// are updated. Where a row has several tiles, its inputs are repacked too.
// Scratch: the repacked panel, groups of 8 units after each other, then 6 rows of gradient, then 6 inputs of x.
import { columnTile, narrowTile, packedTile, weightTile } from './tile-of-height';
import { storePair } from './tile-parts';
import { update } from './update';
import {
  HIGHEST_TILE, PANEL_UNITS, highHalves, lowHalves, roundUp4, tileHeight, zero, zipHigh, zipLow,
} from './vector';

/**
 * Repacks 4 examples of 4 units of dz, lane-major to unit-major, `step` bytes from example to example, and adds
 * them to `sums`, one example after the other.
 */
// @ts-ignore: decorator
@inline
function packBlock(dz: usize, to: usize, step: usize, sums: v128): v128 {
  const r0 = v128.load(dz), r1 = v128.load(dz + 32), r2 = v128.load(dz + 64), r3 = v128.load(dz + 96);
  const low01 = zipLow(r0, r1), high01 = zipHigh(r0, r1);
  const low23 = zipLow(r2, r3), high23 = zipHigh(r2, r3);
  const e0 = lowHalves(low01, low23), e1 = highHalves(low01, low23);
  const e2 = lowHalves(high01, high23), e3 = highHalves(high01, high23);
  v128.store(to, e0);
  v128.store(to + step, e1);
  v128.store(to + 2 * step, e2);
  v128.store(to + 3 * step, e3);
  return f32x4.add(f32x4.add(f32x4.add(f32x4.add(sums, e0), e1), e2), e3);
}

/** Repacks 8 units of dz and leaves their sums over the batch at `sums`: two chains, so that neither waits. */
function pack8(dz: usize, dzPanelStride: usize, panels: i32, to: usize, sums: usize): void {
  let low = zero(), high = zero();
  for (; panels > 0; panels--) {
    low = packBlock(dz, to, 32, low);
    high = packBlock(dz + 128, to + 16, 32, high);
    low = packBlock(dz + 16, to + 128, 32, low);
    high = packBlock(dz + 144, to + 144, 32, high);
    to += 256;
    dz += dzPanelStride;
  }
  storePair(sums, low, high);
}

/** The last 4 units of a panel whose width is no multiple of 8. */
function pack4(dz: usize, dzPanelStride: usize, panels: i32, to: usize, sums: usize): void {
  let sum = zero();
  for (; panels > 0; panels--) {
    sum = packBlock(dz, to, 16, sum);
    sum = packBlock(dz + 16, to + 64, 16, sum);
    to += 128;
    dz += dzPanelStride;
  }
  v128.store(sums, sum);
}

/** Repacks a column panel of dz (`width` a multiple of 4) and leaves the bias gradient at `biasGradient`. */
function pack(dz: usize, dzPanelStride: usize, panels: i32, width: i32, packed: usize, biasGradient: usize): void {
  const octetBytes = <usize>panels << 8;
  for (; width >= 8; width -= 8) {
    pack8(dz, dzPanelStride, panels, packed, biasGradient);
    dz += 256;
    packed += octetBytes;
    biasGradient += 32;
  }
  if (width) pack4(dz, dzPanelStride, panels, packed, biasGradient);
}

/** Six rows of a full column panel. */
const GRADIENT_BYTES: usize = 6 * PANEL_UNITS << 2;

/** From here on repacking the inputs of a tile costs less than it saves: 4 tiles of 8 units read them. */
const PACKED_WIDTH: i32 = 32;

/** HIGHEST_TILE inputs of x to f32[examples][8], the rest of each untouched or irrelevant. */
function packRows(x: usize, xPanelStride: usize, panels: i32, to: usize): void {
  for (; panels > 0; panels--) {
    for (let half: usize = 0; half < 32; half += 16) {
      const at = x + half;
      const r0 = v128.load(at), r1 = v128.load(at + 32), r2 = v128.load(at + 64), r3 = v128.load(at + 96);
      const r4 = v128.load(at + 128), r5 = HIGHEST_TILE == 6 ? v128.load(at + 160) : r4;
      const low01 = zipLow(r0, r1), high01 = zipHigh(r0, r1), low23 = zipLow(r2, r3), high23 = zipHigh(r2, r3);
      const low45 = zipLow(r4, r5), high45 = zipHigh(r4, r5);
      v128.store(to, lowHalves(low01, low23));
      v128.store64_lane(to + 16, low45, 0);
      v128.store(to + 32, highHalves(low01, low23));
      v128.store64_lane(to + 48, low45, 1);
      v128.store(to + 64, lowHalves(high01, high23));
      v128.store64_lane(to + 80, high45, 0);
      v128.store(to + 96, highHalves(high01, high23));
      v128.store64_lane(to + 112, high45, 1);
      to += 128;
    }
    x += xPanelStride;
  }
}

/** `height` rows of a column panel's gradient into `out`, rows `width` floats apart. */
function gradientRows(
  height: i32, x: usize, xs: usize, panels: i32, packed: usize, width: i32, out: usize, xPacked: usize,
): void {
  const stride = <usize>width << 2;
  const examples = panels << 3;
  const octetBytes = <usize>panels << 8;
  const packs = height == HIGHEST_TILE && width >= PACKED_WIDTH;
  if (packs) packRows(x, xs, panels, xPacked);
  for (; width >= 8; width -= 8) {
    if (packs) packedTile(HIGHEST_TILE, xPacked, examples, packed, out, stride);
    else weightTile(height, x, xs, examples, packed, out, stride);
    packed += octetBytes;
    out += 32;
  }
  if (width) narrowTile(height, x, xs, examples, packed, out, stride);
}

/** Inputs whose gradients a layer of one unit collects before it updates them: 1 KiB of scratch. */
const COLUMN_INPUTS: i32 = 64;

/** Σ dz of one unit, and the three zeros of its padding. */
function columnBias(dz: usize, dzPanelStride: usize, panels: i32, out: usize): void {
  let sum: f32 = 0;
  for (; panels > 0; panels--, dz += dzPanelStride) {
    for (let at = dz, end = dz + 32; at < end; at += 4) sum += load<f32>(at);
  }
  v128.store(out, f32x4.replace_lane(zero(), 0, sum));
}

/** One unit: three of four lanes along the units would be padding, so that the inputs lie along the vectors. */
function columnGradient(
  x: usize, xPanelStride: usize, panels: i32, inputs: i32, dz: usize, dzPanelStride: usize,
  w: usize, scratch: usize, updateBlock: usize,
): void {
  columnBias(dz, dzPanelStride, panels, scratch);
  update(w + (<usize>inputs << 4), scratch, 16, updateBlock, false);
  for (; inputs > 0; inputs -= COLUMN_INPUTS) {
    const rows = min(COLUMN_INPUTS, inputs), bytes = <usize>rows << 4;
    let from = x, to = scratch;
    // Beyond the last input the panels are padded to four rows, so that a group of four can be read.
    for (let quads = (rows + 3) >> 2; quads > 0; ) {
      const taken = quads >= 4 ? 4 : quads >= 2 ? 2 : 1;
      columnTile(taken, from, xPanelStride, panels, dz, dzPanelStride, to);
      quads -= taken;
      from += <usize>taken << 7;
      to += <usize>taken << 6;
    }
    update(w, scratch, bytes, updateBlock, true);
    w += bytes;
    x += COLUMN_INPUTS << 5;
  }
}

export function weightGradient(
  x: usize, xPanelStride: usize, panels: i32, inputs: i32, dz: usize, dzPanelStride: usize, units: i32,
  w: usize, scratch: usize, updateBlock: usize,
): void {
  if (units == 1) {
    columnGradient(x, xPanelStride, panels, inputs, dz, dzPanelStride, w, scratch, updateBlock);
    return;
  }
  const padded = roundUp4(units);
  let bias = w + (<usize>inputs * padded << 2);
  for (let first = 0; first < padded; first += PANEL_UNITS) {
    const width = min(PANEL_UNITS, padded - first);
    const gradient = scratch + <usize>panels * width * 32;
    pack(dz, dzPanelStride, panels, width, scratch, gradient);
    update(bias, gradient, <usize>width << 2, updateBlock, false);
    let rows = x;
    for (let rest = inputs; rest > 0; ) {
      const height = tileHeight(rest);
      const bytes = <usize>(height * width) << 2;
      gradientRows(height, rows, xPanelStride, panels, scratch, width, gradient, gradient + GRADIENT_BYTES);
      update(w, gradient, bytes, updateBlock, true);
      w += bytes;
      rows += <usize>height << 5;
      rest -= height;
    }
    dz += PANEL_UNITS << 5;
    bias += PANEL_UNITS << 2;
  }
}

// dW(i, o) = Σ_b x(i, b) dz(o, b) and db(o) = Σ_b dz(o, b), for one column panel after the other:
// dz of the panel is repacked with its units side by side ([8 units][example] → [example][8 units]), tiles of
// 6 inputs × 8 units are summed over the batch into scratch, and every 6 rows (contiguous in w) are updated. Where
// a row has several tiles, its 6 inputs are repacked too.
// Scratch: the repacked panel, groups of 8 units after each other, then 6 rows of gradient, then 6 inputs of x.
import { update } from './update';
import {
  PANEL_UNITS, highHalves, lowHalves, madd, roundUp4, splatAt, tileHeight, zero, zipHigh, zipLow,
} from './vector';

// @ts-ignore: decorator
@inline
function storePair(at: usize, a: v128, b: v128): void {
  v128.store(at, a);
  v128.store(at + 16, b);
}

/**
 * `height` inputs × 8 units over `examples` (a multiple of 8). x advances by an example per turn and by a
 * panel after 8; a loop over panels around a loop of 8 would halve the speed on Node 20.
 */
// @ts-ignore: decorator
@inline
function tile(height: i32, x: usize, xPanelStride: usize, examples: i32, packed: usize, out: usize, stride: usize): void {
  const toNextPanel = xPanelStride - 28;
  let a0 = zero(), b0 = a0, a1 = a0, b1 = a0, a2 = a0, b2 = a0, a3 = a0, b3 = a0, a4 = a0, b4 = a0, a5 = a0, b5 = a0;
  while (examples > 0) {
    const u = v128.load(packed), v = v128.load(packed + 16);
    let s = splatAt(x);
    a0 = madd(s, u, a0); b0 = madd(s, v, b0);
    if (height > 1) { s = splatAt(x + 32); a1 = madd(s, u, a1); b1 = madd(s, v, b1); }
    if (height > 2) { s = splatAt(x + 64); a2 = madd(s, u, a2); b2 = madd(s, v, b2); }
    if (height > 3) { s = splatAt(x + 96); a3 = madd(s, u, a3); b3 = madd(s, v, b3); }
    if (height > 4) { s = splatAt(x + 128); a4 = madd(s, u, a4); b4 = madd(s, v, b4); }
    if (height > 5) { s = splatAt(x + 160); a5 = madd(s, u, a5); b5 = madd(s, v, b5); }
    packed += 32;
    examples--;
    x += examples & 7 ? 4 : toNextPanel;
  }
  storePair(out, a0, b0);
  if (height > 1) { out += stride; storePair(out, a1, b1); }
  if (height > 2) { out += stride; storePair(out, a2, b2); }
  if (height > 3) { out += stride; storePair(out, a3, b3); }
  if (height > 4) { out += stride; storePair(out, a4, b4); }
  if (height > 5) { out += stride; storePair(out, a5, b5); }
}

/** `height` inputs × 4 units, the last of a panel when its width is no multiple of 8. */
// @ts-ignore: decorator
@inline
function narrowTile(height: i32, x: usize, xPanelStride: usize, examples: i32, packed: usize, out: usize, stride: usize): void {
  const toNextPanel = xPanelStride - 28;
  let a0 = zero(), a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0;
  while (examples > 0) {
    const u = v128.load(packed);
    a0 = madd(splatAt(x), u, a0);
    if (height > 1) a1 = madd(splatAt(x + 32), u, a1);
    if (height > 2) a2 = madd(splatAt(x + 64), u, a2);
    if (height > 3) a3 = madd(splatAt(x + 96), u, a3);
    if (height > 4) a4 = madd(splatAt(x + 128), u, a4);
    if (height > 5) a5 = madd(splatAt(x + 160), u, a5);
    packed += 16;
    examples--;
    x += examples & 7 ? 4 : toNextPanel;
  }
  v128.store(out, a0);
  if (height > 1) v128.store((out += stride), a1);
  if (height > 2) v128.store((out += stride), a2);
  if (height > 3) v128.store((out += stride), a3);
  if (height > 4) v128.store((out += stride), a4);
  if (height > 5) v128.store((out += stride), a5);
}

/** weightTile6 on inputs repacked by packRows: without the test for a panel's end, the loop is as fast as forward's. */
export function packedTile6(x: usize, examples: i32, packed: usize, out: usize, stride: usize): void {
  let a0 = zero(), b0 = a0, a1 = a0, b1 = a0, a2 = a0, b2 = a0, a3 = a0, b3 = a0, a4 = a0, b4 = a0, a5 = a0, b5 = a0;
  for (; examples > 0; examples--) {
    const u = v128.load(packed), v = v128.load(packed + 16);
    let s = splatAt(x);
    a0 = madd(s, u, a0); b0 = madd(s, v, b0);
    s = splatAt(x + 4); a1 = madd(s, u, a1); b1 = madd(s, v, b1);
    s = splatAt(x + 8); a2 = madd(s, u, a2); b2 = madd(s, v, b2);
    s = splatAt(x + 12); a3 = madd(s, u, a3); b3 = madd(s, v, b3);
    s = splatAt(x + 16); a4 = madd(s, u, a4); b4 = madd(s, v, b4);
    s = splatAt(x + 20); a5 = madd(s, u, a5); b5 = madd(s, v, b5);
    packed += 32;
    x += 32;
  }
  storePair(out, a0, b0); out += stride;
  storePair(out, a1, b1); out += stride;
  storePair(out, a2, b2); out += stride;
  storePair(out, a3, b3); out += stride;
  storePair(out, a4, b4); out += stride;
  storePair(out, a5, b5);
}

// Exported so that they stay functions of their own; see forward.ts.

export function weightTile6(x: usize, xs: usize, examples: i32, packed: usize, out: usize, stride: usize): void {
  tile(6, x, xs, examples, packed, out, stride);
}

export function weightTile5(x: usize, xs: usize, examples: i32, packed: usize, out: usize, stride: usize): void {
  tile(5, x, xs, examples, packed, out, stride);
}

export function weightTile4(x: usize, xs: usize, examples: i32, packed: usize, out: usize, stride: usize): void {
  tile(4, x, xs, examples, packed, out, stride);
}

export function weightTile3(x: usize, xs: usize, examples: i32, packed: usize, out: usize, stride: usize): void {
  tile(3, x, xs, examples, packed, out, stride);
}

export function weightTile2(x: usize, xs: usize, examples: i32, packed: usize, out: usize, stride: usize): void {
  tile(2, x, xs, examples, packed, out, stride);
}

export function weightTile1(x: usize, xs: usize, examples: i32, packed: usize, out: usize, stride: usize): void {
  tile(1, x, xs, examples, packed, out, stride);
}

export function narrowTile6(x: usize, xs: usize, examples: i32, packed: usize, out: usize, stride: usize): void {
  narrowTile(6, x, xs, examples, packed, out, stride);
}

export function narrowTile5(x: usize, xs: usize, examples: i32, packed: usize, out: usize, stride: usize): void {
  narrowTile(5, x, xs, examples, packed, out, stride);
}

export function narrowTile4(x: usize, xs: usize, examples: i32, packed: usize, out: usize, stride: usize): void {
  narrowTile(4, x, xs, examples, packed, out, stride);
}

export function narrowTile3(x: usize, xs: usize, examples: i32, packed: usize, out: usize, stride: usize): void {
  narrowTile(3, x, xs, examples, packed, out, stride);
}

export function narrowTile2(x: usize, xs: usize, examples: i32, packed: usize, out: usize, stride: usize): void {
  narrowTile(2, x, xs, examples, packed, out, stride);
}

export function narrowTile1(x: usize, xs: usize, examples: i32, packed: usize, out: usize, stride: usize): void {
  narrowTile(1, x, xs, examples, packed, out, stride);
}

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

/** From here on repacking six inputs costs less than it saves: 4 tiles of 8 units read them. */
const PACKED_WIDTH: i32 = 32;

/** Six inputs of x to f32[examples][8], the last two of each untouched. */
function packRows(x: usize, xPanelStride: usize, panels: i32, to: usize): void {
  for (; panels > 0; panels--) {
    for (let half: usize = 0; half < 32; half += 16) {
      const at = x + half;
      const r0 = v128.load(at), r1 = v128.load(at + 32), r2 = v128.load(at + 64), r3 = v128.load(at + 96);
      const r4 = v128.load(at + 128), r5 = v128.load(at + 160);
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
  const packs = height == 6 && width >= PACKED_WIDTH;
  if (packs) packRows(x, xs, panels, xPacked);
  for (; width >= 8; width -= 8) {
    if (packs) packedTile6(xPacked, examples, packed, out, stride);
    else if (height == 6) weightTile6(x, xs, examples, packed, out, stride);
    else if (height == 5) weightTile5(x, xs, examples, packed, out, stride);
    else if (height == 4) weightTile4(x, xs, examples, packed, out, stride);
    else if (height == 3) weightTile3(x, xs, examples, packed, out, stride);
    else if (height == 2) weightTile2(x, xs, examples, packed, out, stride);
    else weightTile1(x, xs, examples, packed, out, stride);
    packed += octetBytes;
    out += 32;
  }
  if (!width) return;
  if (height == 6) narrowTile6(x, xs, examples, packed, out, stride);
  else if (height == 5) narrowTile5(x, xs, examples, packed, out, stride);
  else if (height == 4) narrowTile4(x, xs, examples, packed, out, stride);
  else if (height == 3) narrowTile3(x, xs, examples, packed, out, stride);
  else if (height == 2) narrowTile2(x, xs, examples, packed, out, stride);
  else narrowTile1(x, xs, examples, packed, out, stride);
}

/** Inputs whose gradients a layer of one unit collects before it updates them: 1 KiB of scratch. */
const COLUMN_INPUTS: i32 = 64;

/** Adds 4 examples of 4 inputs × one unit to `sums`, one example after the other. */
// @ts-ignore: decorator
@inline
function addBlock(x: usize, dz: usize, sums: v128): v128 {
  const r0 = v128.load(x), r1 = v128.load(x + 32), r2 = v128.load(x + 64), r3 = v128.load(x + 96);
  const low01 = zipLow(r0, r1), high01 = zipHigh(r0, r1);
  const low23 = zipLow(r2, r3), high23 = zipHigh(r2, r3);
  sums = madd(lowHalves(low01, low23), splatAt(dz), sums);
  sums = madd(highHalves(low01, low23), splatAt(dz + 4), sums);
  sums = madd(lowHalves(high01, high23), splatAt(dz + 8), sums);
  return madd(highHalves(high01, high23), splatAt(dz + 12), sums);
}

/** The gradients of four inputs, each with the three zeros of its padding. */
// @ts-ignore: decorator
@inline
function storeColumn(out: usize, sums: v128): void {
  const none = zero();
  v128.store(out, v128.shuffle<f32>(sums, none, 0, 4, 4, 4));
  v128.store(out + 16, v128.shuffle<f32>(sums, none, 1, 4, 4, 4));
  v128.store(out + 32, v128.shuffle<f32>(sums, none, 2, 4, 4, 4));
  v128.store(out + 48, v128.shuffle<f32>(sums, none, 3, 4, 4, 4));
}

/**
 * 4 × `quads` inputs × one unit: with the inputs along the vectors every lane is a sum over the batch. Four such
 * sums, so that none waits for its own additions.
 */
// @ts-ignore: decorator
@inline
function column(
  quads: i32, x: usize, xPanelStride: usize, panels: i32, dz: usize, dzPanelStride: usize, out: usize,
): void {
  let a = zero(), b = a, c = a, d = a;
  for (; panels > 0; panels--) {
    for (let half: usize = 0; half < 32; half += 16) {
      const from = x + half, by = dz + half;
      a = addBlock(from, by, a);
      if (quads > 1) b = addBlock(from + 128, by, b);
      if (quads > 2) { c = addBlock(from + 256, by, c); d = addBlock(from + 384, by, d); }
    }
    x += xPanelStride;
    dz += dzPanelStride;
  }
  // The last first, as in conv.ts.
  if (quads > 2) { storeColumn(out + 192, d); storeColumn(out + 128, c); }
  if (quads > 1) storeColumn(out + 64, b);
  storeColumn(out, a);
}

export function columnTile16(x: usize, xs: usize, panels: i32, dz: usize, zs: usize, out: usize): void {
  column(4, x, xs, panels, dz, zs, out);
}

export function columnTile8(x: usize, xs: usize, panels: i32, dz: usize, zs: usize, out: usize): void {
  column(2, x, xs, panels, dz, zs, out);
}

export function columnTile4(x: usize, xs: usize, panels: i32, dz: usize, zs: usize, out: usize): void {
  column(1, x, xs, panels, dz, zs, out);
}

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
      if (taken == 4) columnTile16(from, xPanelStride, panels, dz, dzPanelStride, to);
      else if (taken == 2) columnTile8(from, xPanelStride, panels, dz, dzPanelStride, to);
      else columnTile4(from, xPanelStride, panels, dz, dzPanelStride, to);
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

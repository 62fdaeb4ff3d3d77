// dx(i, b) = Σ_o W(i, o) dz(o, b): the tile of forward.ts, with the weights of 6 inputs read along their
// rows. Sums run over one column panel at a time and rest in dx between two panels, so the inner loop stays a
// single one and a panel's dz, of all examples, stays in the first-level cache.
import { PANEL_UNITS, clearPaddingRows, gate, gateOf, madd, roundUp4, splat, splatAt, tileHeight, zero } from './vector';

/** From one weight of a layer of one unit to the next: rows are padded to 4 units. */
const UNIT_BYTES: usize = 16;

/** Adds `units` more terms to a tile of dx; `w` at W(first input, first unit), rows `stride` bytes apart. */
// @ts-ignore: decorator
@inline
function tile(height: i32, dz: usize, units: i32, w: usize, stride: usize, resume: bool, dx: usize): void {
  let a0 = zero(), b0 = a0, a1 = a0, b1 = a0, a2 = a0, b2 = a0, a3 = a0, b3 = a0, a4 = a0, b4 = a0, a5 = a0, b5 = a0;
  if (resume) {
    a0 = v128.load(dx); b0 = v128.load(dx + 16);
    if (height > 1) { a1 = v128.load(dx + 32); b1 = v128.load(dx + 48); }
    if (height > 2) { a2 = v128.load(dx + 64); b2 = v128.load(dx + 80); }
    if (height > 3) { a3 = v128.load(dx + 96); b3 = v128.load(dx + 112); }
    if (height > 4) { a4 = v128.load(dx + 128); b4 = v128.load(dx + 144); }
    if (height > 5) { a5 = v128.load(dx + 160); b5 = v128.load(dx + 176); }
  }
  for (; units > 0; units--) {
    const u = v128.load(dz), v = v128.load(dz + 16);
    let s = splatAt(w);
    a0 = madd(s, u, a0); b0 = madd(s, v, b0);
    if (height > 1) { s = splatAt(w + stride); a1 = madd(s, u, a1); b1 = madd(s, v, b1); }
    if (height > 2) { s = splatAt(w + 2 * stride); a2 = madd(s, u, a2); b2 = madd(s, v, b2); }
    if (height > 3) { s = splatAt(w + 3 * stride); a3 = madd(s, u, a3); b3 = madd(s, v, b3); }
    if (height > 4) { s = splatAt(w + 4 * stride); a4 = madd(s, u, a4); b4 = madd(s, v, b4); }
    if (height > 5) { s = splatAt(w + 5 * stride); a5 = madd(s, u, a5); b5 = madd(s, v, b5); }
    dz += 32;
    w += 4;
  }
  v128.store(dx, a0); v128.store(dx + 16, b0);
  if (height > 1) { v128.store(dx + 32, a1); v128.store(dx + 48, b1); }
  if (height > 2) { v128.store(dx + 64, a2); v128.store(dx + 80, b2); }
  if (height > 3) { v128.store(dx + 96, a3); v128.store(dx + 112, b3); }
  if (height > 4) { v128.store(dx + 128, a4); v128.store(dx + 144, b4); }
  if (height > 5) { v128.store(dx + 160, a5); v128.store(dx + 176, b5); }
}

// Exported so that they stay functions of their own; see forward.ts.

/** Six inputs in a full column panel: with the stride a constant, one pointer walks along six rows of weights. */
export function inputTileOf96(dz: usize, units: i32, w: usize, resume: bool, dx: usize): void {
  tile(6, dz, units, w, 384, resume, dx);
}

/** The same in a panel of 64 units, a usual width of small layers. */
export function inputTileOf64(dz: usize, units: i32, w: usize, resume: bool, dx: usize): void {
  tile(6, dz, units, w, 256, resume, dx);
}

export function inputTile6(dz: usize, units: i32, w: usize, stride: usize, resume: bool, dx: usize): void {
  tile(6, dz, units, w, stride, resume, dx);
}

export function inputTile5(dz: usize, units: i32, w: usize, stride: usize, resume: bool, dx: usize): void {
  tile(5, dz, units, w, stride, resume, dx);
}

export function inputTile4(dz: usize, units: i32, w: usize, stride: usize, resume: bool, dx: usize): void {
  tile(4, dz, units, w, stride, resume, dx);
}

export function inputTile3(dz: usize, units: i32, w: usize, stride: usize, resume: bool, dx: usize): void {
  tile(3, dz, units, w, stride, resume, dx);
}

export function inputTile2(dz: usize, units: i32, w: usize, stride: usize, resume: bool, dx: usize): void {
  tile(2, dz, units, w, stride, resume, dx);
}

export function inputTile1(dz: usize, units: i32, w: usize, stride: usize, resume: bool, dx: usize): void {
  tile(1, dz, units, w, stride, resume, dx);
}

export function inputGradient(
  dz: usize, dzPanelStride: usize, panels: i32, units: i32, w: usize, inputs: i32,
  h: usize, slope: f32, dx: usize, dxPanelStride: usize,
): void {
  if (units == 1) {
    outerProduct(dz, dzPanelStride, panels, w, inputs, h, slope, dx, dxPanelStride);
  } else {
    sumOverUnits(dz, dzPanelStride, panels, units, w, inputs, h, slope, dx, dxPanelStride);
  }
  clearPaddingRows(dx, dxPanelStride, panels, inputs);
}

/** One unit: a sum of one term from +0. Where the slope is 1 it does not matter what is read for h. */
function outerProduct(
  dz: usize, dzPanelStride: usize, panels: i32, w: usize, inputs: i32,
  h: usize, slope: f32, dx: usize, dxPanelStride: usize,
): void {
  const slopes = splat(slope), change = gateOf(slopes);
  if (slope == 1) h = dx;
  for (; panels > 0; panels--) {
    const u = v128.load(dz), v = v128.load(dz + 16);
    let at = w, from = h;
    for (let to = dx, end = dx + (<usize>inputs << 5); to < end; to += 32) {
      const s = splatAt(at);
      v128.store(to, f32x4.mul(madd(s, u, zero()), gate(v128.load(from), slopes, change)));
      v128.store(to + 16, f32x4.mul(madd(s, v, zero()), gate(v128.load(from + 16), slopes, change)));
      at += UNIT_BYTES;
      from += 32;
    }
    dz += dzPanelStride;
    h += dxPanelStride;
    dx += dxPanelStride;
  }
}

function sumOverUnits(
  dz: usize, dzPanelStride: usize, panels: i32, units: i32, w: usize, inputs: i32,
  h: usize, slope: f32, dx: usize, dxPanelStride: usize,
): void {
  const padded = roundUp4(units);
  for (let first = 0; first < units; first += PANEL_UNITS) {
    const stride = <usize>min(PANEL_UNITS, padded - first) << 2;
    const count = min(PANEL_UNITS, units - first);
    const isLast = first + PANEL_UNITS >= units;
    for (let row = 0; row < inputs; ) {
      const height = tileHeight(inputs - row);
      const offset = <usize>row << 5;
      for (let p: usize = 0; p < <usize>panels; p++) {
        const to = dx + p * dxPanelStride + offset;
        rows(height, dz + p * dzPanelStride, count, w, stride, first > 0, to);
        if (isLast && slope != 1) applySlope(to, h + p * dxPanelStride + offset, height, slope);
      }
      row += height;
      w += stride * height;
    }
    dz += PANEL_UNITS << 5;
  }
}

/** `height` rows of dx for one panel of examples. */
function rows(height: i32, dz: usize, units: i32, w: usize, stride: usize, resume: bool, dx: usize): void {
  if (height == 6) {
    if (stride == 384) inputTileOf96(dz, units, w, resume, dx);
    else if (stride == 256) inputTileOf64(dz, units, w, resume, dx);
    else inputTile6(dz, units, w, stride, resume, dx);
  }
  else if (height == 5) inputTile5(dz, units, w, stride, resume, dx);
  else if (height == 4) inputTile4(dz, units, w, stride, resume, dx);
  else if (height == 3) inputTile3(dz, units, w, stride, resume, dx);
  else if (height == 2) inputTile2(dz, units, w, stride, resume, dx);
  else inputTile1(dz, units, w, stride, resume, dx);
}

/** dx *= (h > 0 ? 1 : slope) over `height` rows; h is the layer's input. */
function applySlope(dx: usize, h: usize, height: i32, slope: f32): void {
  const slopes = splat(slope), change = gateOf(slopes);
  for (const end = dx + (<usize>height << 5); dx < end; dx += 16, h += 16) {
    v128.store(dx, f32x4.mul(v128.load(dx), gate(v128.load(h), slopes, change)));
  }
}

// dx(i, b) = Σ_o W(i, o) dz(o, b): the tile of forward.ts, with the weights of its inputs read along their
// rows. Sums run over one column panel at a time and rest in dx between two panels, so the inner loop stays a
// single one and a panel's dz, of all examples, stays in the first-level cache.
import { inputTile, inputTileOf64, inputTileOf96 } from './tile-of-height';
import { HIGHEST_TILE, PANEL_UNITS, clearPaddingRows, gate, gateOf, madd, roundUp4, splat, splatAt, tileHeight, zero } from './vector';

/** From one weight of a layer of one unit to the next: rows are padded to 4 units. */
const UNIT_BYTES: usize = 16;

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
  if (height == HIGHEST_TILE && stride == 384) inputTileOf96(HIGHEST_TILE, dz, units, w, resume, dx);
  else if (height == HIGHEST_TILE && stride == 256) inputTileOf64(HIGHEST_TILE, dz, units, w, resume, dx);
  else inputTile(height, dz, units, w, stride, resume, dx);
}

/** dx *= (h > 0 ? 1 : slope) over `height` rows; h is the layer's input. */
function applySlope(dx: usize, h: usize, height: i32, slope: f32): void {
  const slopes = splat(slope), change = gateOf(slopes);
  for (const end = dx + (<usize>height << 5); dx < end; dx += 16, h += 16) {
    v128.store(dx, f32x4.mul(v128.load(dx), gate(v128.load(h), slopes, change)));
  }
}

// From the shared dataset to the panels of a batch: rows chosen by index, transposed 8 examples at a time.
import { highHalves, lowHalves, roundUp4, splat, zero, zipHigh, zipLow } from './vector';

/** All ones in lanes below `count`, of four lanes beginning at lane `first`. */
// @ts-ignore: decorator
@inline
function lanesBelow(count: i32, first: i32): v128 {
  return i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(count - first));
}

/** The number of row `index` beyond the batch is row 0 of the panel: its values are masked away. */
// @ts-ignore: decorator
@inline
function rowAt(x: usize, strideBytes: usize, indices: usize, lane: i32, lanes: i32): usize {
  const chosen = lane < lanes ? lane : 0;
  const index = load<u32>(indices + ((<usize>chosen) << 2));
  return x + <usize>index * strideBytes;
}

/** 4 examples × 4 features from 4 rows to 4 rows of a panel. */
// @ts-ignore: decorator
@inline
function transpose(r0: usize, r1: usize, r2: usize, r3: usize, mask: v128, out: usize): void {
  const a = v128.load(r0), b = v128.load(r1), c = v128.load(r2), d = v128.load(r3);
  const lowAB = zipLow(a, b), lowCD = zipLow(c, d), highAB = zipHigh(a, b), highCD = zipHigh(c, d);
  v128.store(out, v128.and(mask, lowHalves(lowAB, lowCD)));
  v128.store(out + 32, v128.and(mask, highHalves(lowAB, lowCD)));
  v128.store(out + 64, v128.and(mask, lowHalves(highAB, highCD)));
  v128.store(out + 96, v128.and(mask, highHalves(highAB, highCD)));
}

export function gatherRows(
  x: usize, strideBytes: usize, indices: usize, count: i32, features: i32, out: usize, outPanelStride: usize,
): void {
  const bytes = <usize>roundUp4(features) << 2;
  for (; count > 0; count -= 8, indices += 32, out += outPanelStride) {
    const lanes = min(count, 8);
    gatherHalf(x, strideBytes, indices, 0, lanes, bytes, out);
    gatherHalf(x, strideBytes, indices, 4, lanes, bytes, out + 16);
  }
}

/** Four examples of a panel, from lane `first` on. */
// @ts-ignore: decorator
@inline
function gatherHalf(
  x: usize, strideBytes: usize, indices: usize, first: i32, lanes: i32, bytes: usize, out: usize,
): void {
  const mask = lanesBelow(lanes, first);
  const r0 = rowAt(x, strideBytes, indices, first, lanes), r1 = rowAt(x, strideBytes, indices, first + 1, lanes);
  const r2 = rowAt(x, strideBytes, indices, first + 2, lanes), r3 = rowAt(x, strideBytes, indices, first + 3, lanes);
  for (let c: usize = 0, to = out; c < bytes; c += 16, to += 128) transpose(r0 + c, r1 + c, r2 + c, r3 + c, mask, to);
}

/** One feature of 4 rows. */
// @ts-ignore: decorator
@inline
function columnOf(r0: usize, r1: usize, r2: usize, r3: usize, mask: v128): v128 {
  let v = v128.load32_splat(r0);
  v = v128.load_lane<f32>(r1, v, 1);
  v = v128.load_lane<f32>(r2, v, 2);
  v = v128.load_lane<f32>(r3, v, 3);
  return v128.and(mask, v);
}

export function gatherColumns(
  x: usize, strideBytes: usize, indices: usize, count: i32, columns: usize, features: i32,
  out: usize, outPanelStride: usize,
): void {
  const padding = <usize>roundUp4(features) << 5;
  for (; count > 0; count -= 8, indices += 32, out += outPanelStride) {
    const lanes = min(count, 8);
    const low = lanesBelow(lanes, 0), high = lanesBelow(lanes, 4);
    const r0 = rowAt(x, strideBytes, indices, 0, lanes), r1 = rowAt(x, strideBytes, indices, 1, lanes);
    const r2 = rowAt(x, strideBytes, indices, 2, lanes), r3 = rowAt(x, strideBytes, indices, 3, lanes);
    const r4 = rowAt(x, strideBytes, indices, 4, lanes), r5 = rowAt(x, strideBytes, indices, 5, lanes);
    const r6 = rowAt(x, strideBytes, indices, 6, lanes), r7 = rowAt(x, strideBytes, indices, 7, lanes);
    let to = out;
    for (let f = 0; f < features; f++, to += 32) {
      const c = <usize>load<u32>(columns + (<usize>f << 2)) << 2;
      v128.store(to, columnOf(r0 + c, r1 + c, r2 + c, r3 + c, low));
      v128.store(to + 16, columnOf(r4 + c, r5 + c, r6 + c, r7 + c, high));
    }
    for (const end = out + padding; to < end; to += 16) v128.store(to, zero());
  }
}

// @ts-ignore: decorator
@inline
export function gatherLabels(labels: usize, indices: usize, count: i32, out: usize): void {
  for (let b = 0, padded = (count + 7) & ~7; b < padded; b++, indices += 4, out += 4) {
    store<i32>(out, b < count ? load<i32>(labels + (<usize>load<u32>(indices) << 2)) : 0);
  }
}

// @ts-ignore: decorator
@inline
export function gatherWeights(rowWeights: usize, indices: usize, count: i32, scale: f32, out: usize): void {
  for (let b = 0, padded = (count + 7) & ~7; b < padded; b++, indices += 4, out += 4) {
    let weight: f32 = 0;
    if (b < count) weight = rowWeights ? scale * load<f32>(rowWeights + (<usize>load<u32>(indices) << 2)) : scale;
    store<f32>(out, weight);
  }
}

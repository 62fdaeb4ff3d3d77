// What the tiles of dense-tiles.ts, weight-tiles.ts and window-tiles.ts do with their sums, and what those of one unit add up.
import { highHalves, lowHalves, madd, splat, splatAt, zero, zipHigh, zipLow } from './vector';

// @ts-ignore: decorator
@inline
export function storePair(at: usize, a: v128, b: v128): void {
  v128.store(at, a);
  v128.store(at + 16, b);
}

/** max(slope·z, z) of 8 examples, in this order: it keeps NaN, and makes it of −∞ · 0. */
// @ts-ignore: decorator
@inline
export function storeLeaky(at: usize, a: v128, b: v128, slopes: v128): void {
  storePair(at, f32x4.pmax(f32x4.mul(a, slopes), a), f32x4.pmax(f32x4.mul(b, slopes), b));
}

/** The same of one example: four units, into lane 0 of four rows. */
// @ts-ignore: decorator
@inline
export function storeLane0(at: usize, sums: v128, slopes: v128): void {
  const h = f32x4.pmax(f32x4.mul(sums, slopes), sums);
  v128.store32_lane(at, h, 0);
  v128.store32_lane(at, h, 1, 32);
  v128.store32_lane(at, h, 2, 64);
  v128.store32_lane(at, h, 3, 96);
}

/** Adds 4 examples of 4 inputs × one unit to `sums`, one example after the other. */
// @ts-ignore: decorator
@inline
export function addBlock(x: usize, dz: usize, sums: v128): v128 {
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
export function storeColumn(out: usize, sums: v128): void {
  const none = zero();
  v128.store(out, v128.shuffle<f32>(sums, none, 0, 4, 4, 4));
  v128.store(out + 16, v128.shuffle<f32>(sums, none, 1, 4, 4, 4));
  v128.store(out + 32, v128.shuffle<f32>(sums, none, 2, 4, 4, 4));
  v128.store(out + 48, v128.shuffle<f32>(sums, none, 3, 4, 4, 4));
}

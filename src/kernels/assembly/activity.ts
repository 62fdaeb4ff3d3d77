// The activity penalty α‖h‖₁: its gradient added to that of a layer's output, and how many units are active.
import { splat, zero } from './vector';

/** sign(h)·(h > 0 ? 1 : slope), with 0 for h = 0. */
// @ts-ignore: decorator
@inline
function signTimesSlope(h: v128, slopes: v128): v128 {
  const positive = v128.and(splat(1), f32x4.gt(h, zero()));
  return f32x4.sub(positive, v128.and(slopes, f32x4.lt(h, zero())));
}

export function addActivityGradient(
  dh: usize, h: usize, panelStride: usize, panels: i32, rows: i32, rowWeights: usize, strength: f32, slope: f32,
): void {
  const slopes = splat(slope), alpha = splat(strength);
  for (; panels > 0; panels--, dh += panelStride, h += panelStride, rowWeights += 32) {
    const low = f32x4.mul(v128.load(rowWeights), alpha), high = f32x4.mul(v128.load(rowWeights + 16), alpha);
    for (let at: usize = 0, end = <usize>rows << 5; at < end; at += 32) {
      const a = f32x4.mul(low, signTimesSlope(v128.load(h + at), slopes));
      const b = f32x4.mul(high, signTimesSlope(v128.load(h + at + 16), slopes));
      v128.store(dh + at, f32x4.add(v128.load(dh + at), a));
      v128.store(dh + at + 16, f32x4.add(v128.load(dh + at + 16), b));
    }
  }
}

export function countActive(h: usize, panelStride: usize, rows: i32, count: i32, threshold: f32): f64 {
  let total: f64 = 0;
  const limit = splat(threshold);
  for (; count > 0; count -= 8, h += panelStride) {
    // −1 for each active unit of each lane; a panel has far fewer than 2³¹ rows.
    let low = zero(), high = zero();
    for (let at = h, end = h + (<usize>rows << 5); at < end; at += 32) {
      low = i32x4.add(low, f32x4.gt(f32x4.abs(v128.load(at)), limit));
      high = i32x4.add(high, f32x4.gt(f32x4.abs(v128.load(at + 16)), limit));
    }
    total -= <f64>lanesBelow(low, count) + <f64>lanesBelow(high, count - 4);
  }
  return total;
}

/** The sum of the first `count` lanes. */
function lanesBelow(lanes: v128, count: i32): i32 {
  let sum = 0;
  if (count > 0) sum += i32x4.extract_lane(lanes, 0);
  if (count > 1) sum += i32x4.extract_lane(lanes, 1);
  if (count > 2) sum += i32x4.extract_lane(lanes, 2);
  if (count > 3) sum += i32x4.extract_lane(lanes, 3);
  return sum;
}

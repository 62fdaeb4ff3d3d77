// Layer normalisation of panels, each example by itself: forward, back to its input, and the gradients of gains and shifts.
// Statistics are f32[panels][2][8]: of each example the mean, then 1 / √(variance + epsilon).
import { applyUpdate } from './update';
import { clearPaddingRows, gate, gateOf, madd, roundUp4, splat, splatAt, sumsOfOctets, zero } from './vector';

/** Bytes of a panel's statistics, and of the means among them. */
const STATISTICS: usize = 64;
const MEANS: usize = 32;

export function layerNorm(
  x: usize, xStride: usize, panels: i32, rows: i32, w: usize, epsilon: f32,
  out: usize, outStride: usize, slope: f32, statistics: usize,
): void {
  clearPaddingRows(out, outStride, panels, rows);
  const end = <usize>rows << 5, shifts = w + (<usize>roundUp4(rows) << 2);
  const share = splat(<f32>1 / <f32>rows), slopes = splat(slope);
  for (; panels > 0; panels--, x += xStride, out += outStride) {
    let low = zero(), high = zero();
    for (let at: usize = 0; at < end; at += 32) {
      low = f32x4.add(low, v128.load(x + at));
      high = f32x4.add(high, v128.load(x + at, 16));
    }
    const lowMean = f32x4.mul(low, share), highMean = f32x4.mul(high, share);
    low = zero();
    high = zero();
    for (let at: usize = 0; at < end; at += 32) {
      const l = f32x4.sub(v128.load(x + at), lowMean), h = f32x4.sub(v128.load(x + at, 16), highMean);
      low = madd(l, l, low);
      high = madd(h, h, high);
    }
    const lowRoot = reciprocalRoot(f32x4.mul(low, share), epsilon);
    const highRoot = reciprocalRoot(f32x4.mul(high, share), epsilon);
    if (statistics) {
      v128.store(statistics, lowMean);
      v128.store(statistics, highMean, 16);
      v128.store(statistics, lowRoot, MEANS);
      v128.store(statistics, highRoot, MEANS + 16);
      statistics += STATISTICS;
    }
    let gain = w, shift = shifts;
    for (let at: usize = 0; at < end; at += 32, gain += 4, shift += 4) {
      const g = splatAt(gain), s = splatAt(shift);
      const l = madd(g, f32x4.mul(f32x4.sub(v128.load(x + at), lowMean), lowRoot), s);
      const h = madd(g, f32x4.mul(f32x4.sub(v128.load(x + at, 16), highMean), highRoot), s);
      v128.store(out + at, f32x4.pmax(f32x4.mul(l, slopes), l));
      v128.store(out + at, f32x4.pmax(f32x4.mul(h, slopes), h), 16);
    }
  }
}

// @ts-ignore: decorator
@inline
function reciprocalRoot(variance: v128, epsilon: f32): v128 {
  return f32x4.div(splat(1), f32x4.sqrt(f32x4.add(variance, splat(epsilon))));
}

export function layerNormInputGradient(
  dz: usize, dzStride: usize, panels: i32, rows: i32, w: usize,
  x: usize, xStride: usize, statistics: usize, slope: f32, dx: usize, dxStride: usize,
): void {
  clearPaddingRows(dx, dxStride, panels, rows);
  const end = <usize>rows << 5, share = splat(<f32>1 / <f32>rows);
  for (; panels > 0; panels--, dz += dzStride, x += xStride, dx += dxStride, statistics += STATISTICS) {
    for (let half: usize = 0; half < 32; half += 16) {
      const mean = v128.load(statistics + half), root = v128.load(statistics + half, MEANS);
      backOfHalf(dz + half, x + half, dx + half, w, end, mean, root, share, slope);
    }
  }
}

// @ts-ignore: decorator
@inline
function backOfHalf(
  dz: usize, x: usize, dx: usize, w: usize, end: usize, mean: v128, root: v128, share: v128, slope: f32,
): void {
  const slopes = splat(slope), change = gateOf(slopes);
  let sum = zero(), along = zero(), gain = w;
  for (let at: usize = 0; at < end; at += 32, gain += 4) {
    const a = f32x4.mul(v128.load(dz + at), splatAt(gain));
    const z = f32x4.mul(f32x4.sub(v128.load(x + at), mean), root);
    sum = f32x4.add(sum, a);
    along = madd(a, z, along);
  }
  sum = f32x4.mul(sum, share);
  along = f32x4.mul(along, share);
  gain = w;
  for (let at: usize = 0; at < end; at += 32, gain += 4) {
    const input = v128.load(x + at);
    const a = f32x4.mul(v128.load(dz + at), splatAt(gain));
    const z = f32x4.mul(f32x4.sub(input, mean), root);
    const d = f32x4.mul(root, f32x4.sub(f32x4.sub(a, sum), f32x4.mul(z, along)));
    v128.store(dx + at, f32x4.mul(d, gate(input, slopes, change)));
  }
}

/**
 * Scratch: octets of the sums of all gains, then of all shifts, f32[2][roundUp4(rows)][8], and behind them what they add up to.
 */
export function layerNormWeightGradient(
  x: usize, xStride: usize, panels: i32, rows: i32, dz: usize, dzStride: usize,
  statistics: usize, w: usize, scratch: usize, block: usize,
): void {
  const padded = roundUp4(rows), octets = <usize>padded << 5, end = <usize>rows << 5;
  memory.fill(scratch, 0, octets << 1);
  for (; panels > 0; panels--, x += xStride, dz += dzStride, statistics += STATISTICS) {
    const lowMean = v128.load(statistics), highMean = v128.load(statistics, 16);
    const lowRoot = v128.load(statistics, MEANS), highRoot = v128.load(statistics, MEANS + 16);
    for (let at: usize = 0; at < end; at += 32) {
      const low = v128.load(dz + at), high = v128.load(dz + at, 16);
      const l = f32x4.mul(f32x4.sub(v128.load(x + at), lowMean), lowRoot);
      const h = f32x4.mul(f32x4.sub(v128.load(x + at, 16), highMean), highRoot);
      const gain = scratch + at, shift = gain + octets;
      v128.store(gain, madd(low, l, v128.load(gain)));
      v128.store(gain, madd(high, h, v128.load(gain, 16)), 16);
      v128.store(shift, f32x4.add(v128.load(shift), low));
      v128.store(shift, f32x4.add(v128.load(shift, 16), high), 16);
    }
  }
  const sums = scratch + (octets << 1);
  for (let at: usize = 0, to = sums; at < octets << 1; at += 128, to += 16) v128.store(to, sumsOfOctets(scratch + at));
  applyUpdate(w, sums, padded, padded, block);
}

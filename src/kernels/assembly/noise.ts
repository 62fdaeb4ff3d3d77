// Gaussian noise on panels, by Box and Muller (1958): one call of the cipher gives the eight lanes of a row.
import { logPositive } from './functions';
import { cipher } from './random';
import { madd, splat } from './vector';

const TWO_POW_MINUS_24: f32 = 5.9604644775390625e-8;
/** (π/2)·2⁻²²: an angle within a quadrant from 22 random bits. */
const ANGLE_UNIT: f32 = 3.7450702829239e-7;

/** sin a and cos a for |a| ≤ π/4, within 1e-7: Taylor to degrees 9 and 8. */
// @ts-ignore: decorator
@inline
function sine(a: v128, square: v128): v128 {
  let p = madd(splat(2.7557319224e-6), square, splat(-1.9841269841e-4));
  p = madd(p, square, splat(8.3333333333e-3));
  p = madd(p, square, splat(-1.6666666667e-1));
  return madd(f32x4.mul(p, square), a, a);
}

// @ts-ignore: decorator
@inline
function cosine(square: v128): v128 {
  let p = madd(splat(2.4801587302e-5), square, splat(-1.3888888889e-3));
  p = madd(p, square, splat(4.1666666667e-2));
  p = madd(p, square, splat(-0.5));
  return madd(p, square, splat(1));
}

/**
 * Normal deviates of radius √(−2 ln u), u = (top 24 bits of the first words + 1)·2⁻²⁴, and the angle
 * (q + a)·π/2 with q the top 2 bits of the second words and a ∈ [−½, ½) their next 22.
 */
export function addNoise(
  x: usize, panelStride: usize, panels: i32, rows: i32, deviation: f32, key0: u32, key1: u32,
): void {
  const scale = splat(-2 * deviation * deviation);
  let c: u32 = 0;
  for (; panels > 0; panels--, x += panelStride) {
    for (let at = x, end = x + (<usize>rows << 5); at < end; at += 32, c += 4) {
      const first = cipher(false, c, key0, key1), second = cipher(true, c, key0, key1);
      const u = f32x4.convert_i32x4_s(i32x4.add(i32x4.shr_u(first, 8), i32x4.splat(1)));
      const radius = f32x4.sqrt(f32x4.mul(scale, logPositive(f32x4.mul(u, splat(TWO_POW_MINUS_24)))));
      const bits = v128.and(i32x4.shr_u(second, 8), i32x4.splat(0x3fffff));
      const angle = f32x4.mul(f32x4.convert_i32x4_s(i32x4.sub(bits, i32x4.splat(0x200000))), splat(ANGLE_UNIT));
      const square = f32x4.mul(angle, angle);
      const s = f32x4.mul(radius, sine(angle, square)), k = f32x4.mul(radius, cosine(square));
      // Turned by q right angles: odd q swaps the two, the upper half turns both round.
      const odd = i32x4.ne(v128.and(second, i32x4.splat(0x40000000)), i32x4.splat(0));
      const turn = v128.and(second, i32x4.splat(0x80000000));
      const a = v128.xor(v128.bitselect(f32x4.neg(s), k, odd), turn);
      const b = v128.xor(v128.bitselect(k, s, odd), turn);
      v128.store(at, f32x4.add(v128.load(at), a));
      v128.store(at + 16, f32x4.add(v128.load(at + 16), b));
    }
  }
}

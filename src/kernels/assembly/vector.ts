// The few vector idioms every kernel uses. `@inline` because binaryen must see the constants: tile heights
// fold branches away, and constant addends of an address become immediate offsets of the instruction.

/** Units in a full column panel of the weights; PANEL_UNITS in weight-layout.ts. */
export const PANEL_UNITS: i32 = 96;

/** a·b + c: one rounding in fused.wasm and emulated.wasm, two in strict.wasm. The only place where the builds differ. */
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  if (isDefined(EMULATED)) return emulatedMadd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/**
 * a·b + c in one rounding where there is no instruction for that: in double precision products of floats are exact, and a sum that was
 * rounded to odd is rounded to the nearest float as if it had not been rounded before.
 * **Source:** Boldo and Melquiond, Emulation of FMA and correctly rounded sums (2008), theorem 2.
 */
export function emulatedMadd(a: v128, b: v128, c: v128): v128 {
  const low = sumToOdd(f64x2.promote_low_f32x4(a), f64x2.promote_low_f32x4(b), f64x2.promote_low_f32x4(c));
  const high = sumToOdd(
    f64x2.promote_low_f32x4(upper(a)),
    f64x2.promote_low_f32x4(upper(b)),
    f64x2.promote_low_f32x4(upper(c)),
  );
  return v128.shuffle<f32>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 1, 4, 5);
}

// @ts-ignore: decorator
@inline
function upper(a: v128): v128 {
  return v128.shuffle<f32>(a, a, 2, 3, 2, 3);
}

/** a·b + c, where a·b is exact: what does not fit makes the last bit 1. */
// @ts-ignore: decorator
@inline
function sumToOdd(a: v128, b: v128, c: v128): v128 {
  const p = f64x2.mul(a, b);
  const s = f64x2.add(p, c);
  // The error of the sum, exactly (Knuth's TwoSum); NaN of what is infinite, which is no error.
  const t = f64x2.sub(s, p);
  const error = f64x2.add(f64x2.sub(p, f64x2.sub(s, t)), f64x2.sub(c, t));
  const isInexact = f64x2.gt(f64x2.abs(error), f64x2.splat(0));
  const isEven = i64x2.eq(v128.and(s, i64x2.splat(1)), i64x2.splat(0));
  // One up in magnitude where the error has the sum's sign, else one down.
  const step = v128.or(i64x2.shr_s(v128.xor(s, error), 63), i64x2.splat(1));
  return i64x2.add(s, v128.and(step, v128.and(isInexact, isEven)));
}

/** The float at an address, in all four lanes. */
// @ts-ignore: decorator
@inline
export function splatAt(address: usize): v128 {
  return v128.load32_splat(address);
}

// @ts-ignore: decorator
@inline
export function splat(value: f32): v128 {
  return f32x4.splat(value);
}

// @ts-ignore: decorator
@inline
export function zero(): v128 {
  return i32x4.splat(0);
}

/** What `gate` changes of a slope: the bits in which it differs from 1. */
// @ts-ignore: decorator
@inline
export function gateOf(slopes: v128): v128 {
  return v128.xor(splat(1), slopes);
}

/** 1 where h is above 0, else the slope: what a gradient is multiplied by at a unit of the leaky family. */
// @ts-ignore: decorator
@inline
export function gate(h: v128, slopes: v128, change: v128): v128 {
  return v128.xor(slopes, v128.and(change, f32x4.gt(h, zero())));
}

/** Bytes of the panels that an operation without rows of its own works on: they lie one behind the other. */
// @ts-ignore: decorator
@inline
export function bytesOf(stride: usize, panels: i32): usize {
  return stride * <usize>panels;
}

// @ts-ignore: decorator
@inline
export function roundUp4(count: i32): i32 {
  return (count + 3) & ~3;
}

/**
 * Rows of the largest register tile: 12 sums, two vectors and a factor fill the 15 registers that V8 gives; in strict
 * arithmetic a product needs one too, and a sum of the twelve would be spilled at almost half the speed.
 */
export const HIGHEST_TILE: i32 = ASC_FEATURE_RELAXED_SIMD ? 6 : 5;

/**
 * Height of the next register tile when `rest` rows are left. A last tile of one or two rows would wait for its own
 * additions, so that up to 8 rows are split in halves.
 */
// @ts-ignore: decorator
@inline
export function tileHeight(rest: i32): i32 {
  return rest <= HIGHEST_TILE ? rest : rest <= 8 ? (rest + 1) >> 1 : HIGHEST_TILE;
}

/** The same over windows, where V8 11 unrolls the inner loop and spills four sums of a tile of six rows. */
// @ts-ignore: decorator
@inline
export function windowTileHeight(rest: i32): i32 {
  return rest <= HIGHEST_TILE ? rest : 4;
}

/** Lanes of two rows interleaved: (a0, b0, a1, b1) and (a2, b2, a3, b3). */
// @ts-ignore: decorator
@inline
export function zipLow(a: v128, b: v128): v128 {
  return v128.shuffle<f32>(a, b, 0, 4, 1, 5);
}

// @ts-ignore: decorator
@inline
export function zipHigh(a: v128, b: v128): v128 {
  return v128.shuffle<f32>(a, b, 2, 6, 3, 7);
}

/** Low halves and high halves of two vectors side by side. */
// @ts-ignore: decorator
@inline
export function lowHalves(a: v128, b: v128): v128 {
  return v128.shuffle<f32>(a, b, 0, 1, 4, 5);
}

// @ts-ignore: decorator
@inline
export function highHalves(a: v128, b: v128): v128 {
  return v128.shuffle<f32>(a, b, 2, 3, 6, 7);
}

/** Adds four lanes to a total one after the other, examples ascending: the order of every sum of losses. */
// @ts-ignore: decorator
@inline
export function addInOrder(total: f64, lanes: v128): f64 {
  const low = f64x2.promote_low_f32x4(lanes), high = f64x2.promote_low_f32x4(highHalves(lanes, lanes));
  total += f64x2.extract_lane(low, 0);
  total += f64x2.extract_lane(low, 1);
  total += f64x2.extract_lane(high, 0);
  return total + f64x2.extract_lane(high, 1);
}

/** t[l] = c[l] + c[l+4] of an octet of sums: the first level of its tree. */
// @ts-ignore: decorator
@inline
function foldOctet(octet: usize): v128 {
  return f32x4.add(v128.load(octet), v128.load(octet + 16));
}

/** The sums of four octets 32 bytes apart, each by the octet tree: t[l] = c[l] + c[l+4], then (t0 + t2) + (t1 + t3). */
// @ts-ignore: decorator
@inline
export function sumsOfOctets(octets: usize): v128 {
  const a = foldOctet(octets), b = foldOctet(octets + 32), c = foldOctet(octets + 64), d = foldOctet(octets + 96);
  const ab = f32x4.add(zipLow(a, b), zipHigh(a, b)), cd = f32x4.add(zipLow(c, d), zipHigh(c, d));
  return f32x4.add(lowHalves(ab, cd), highHalves(ab, cd));
}

/** Writes zeros to rows `rows` … roundUp4(rows)−1 of every panel: the promise all panel writers keep. */
// @ts-ignore: decorator
@inline
export function clearPaddingRows(out: usize, stride: usize, panels: i32, rows: i32): void {
  if (rows & 3) clearRows(out + (<usize>rows << 5), stride, panels, <usize>(-rows & 3) << 5);
}

function clearRows(out: usize, stride: usize, panels: i32, bytes: usize): void {
  for (; panels > 0; panels--, out += stride) {
    for (let at = out, end = out + bytes; at < end; at += 16) v128.store(at, zero());
  }
}

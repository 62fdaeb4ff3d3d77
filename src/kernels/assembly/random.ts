// Threefry2x32-20 in counter mode, 4 blocks at a time, and the shuffle it drives: the twin of
// src/math/threefry.ts and random.ts, bit for bit.
// **Source:** Salmon, Moraes, Dror and Shaw (2011), Parallel random numbers: as easy as 1, 2, 3.
const PARITY: u32 = 0x1bd11bda; // of Skein's key schedule

// @ts-ignore: decorator
@inline
function rotate(x: v128, bits: i32): v128 {
  return v128.or(i32x4.shl(x, bits), i32x4.shr_u(x, 32 - bits));
}

/**
 * The first or the second words of blocks (c, c1) … (c+3, c1); the streams have c1 = 0, masks the layer. A function has one result, so callers ask twice; once
 * inlined the two are the same pure expressions, and V8 computes them once.
 */
// @ts-ignore: decorator
@inline
export function cipher(second: bool, c: u32, key0: u32, key1: u32, c1: u32 = 0): v128 {
  const key2 = key0 ^ key1 ^ PARITY;
  let x0 = i32x4.add(i32x4(0, 1, 2, 3), i32x4.splat(c + key0));
  let x1 = i32x4.splat(c1 + key1);
  x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 13), x0);
  x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 15), x0);
  x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 26), x0);
  x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 6), x0);
  x0 = i32x4.add(x0, i32x4.splat(key1)); x1 = i32x4.add(x1, i32x4.splat(key2 + 1));
  x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 17), x0);
  x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 29), x0);
  x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 16), x0);
  x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 24), x0);
  x0 = i32x4.add(x0, i32x4.splat(key2)); x1 = i32x4.add(x1, i32x4.splat(key0 + 2));
  x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 13), x0);
  x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 15), x0);
  x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 26), x0);
  x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 6), x0);
  x0 = i32x4.add(x0, i32x4.splat(key0)); x1 = i32x4.add(x1, i32x4.splat(key1 + 3));
  x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 17), x0);
  x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 29), x0);
  x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 16), x0);
  x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 24), x0);
  x0 = i32x4.add(x0, i32x4.splat(key1)); x1 = i32x4.add(x1, i32x4.splat(key2 + 4));
  x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 13), x0);
  x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 15), x0);
  x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 26), x0);
  x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 6), x0);
  x0 = i32x4.add(x0, i32x4.splat(key2)); x1 = i32x4.add(x1, i32x4.splat(key0 + 5));
  return second ? x1 : x0;
}

/** Swaps indices[i] with one of indices[0 … i], chosen by the word. */
// @ts-ignore: decorator
@inline
function swap(indices: usize, i: u32, word: u32): void {
  const j = <usize>((<u64>word * <u64>(i + 1)) >> 32);
  const a = indices + (<usize>i << 2), b = indices + (j << 2);
  const held = load<u32>(a);
  store<u32>(a, load<u32>(b));
  store<u32>(b, held);
}

export function shuffle(indices: usize, n: u32, key0: u32, key1: u32): void {
  if (n < 2) return;
  let i = n - 1;
  for (let c: u32 = 0; ; c += 4) {
    const x0 = cipher(false, c, key0, key1), x1 = cipher(true, c, key0, key1);
    swap(indices, i, i32x4.extract_lane(x0, 0)); if (--i == 0) return;
    swap(indices, i, i32x4.extract_lane(x1, 0)); if (--i == 0) return;
    swap(indices, i, i32x4.extract_lane(x0, 1)); if (--i == 0) return;
    swap(indices, i, i32x4.extract_lane(x1, 1)); if (--i == 0) return;
    swap(indices, i, i32x4.extract_lane(x0, 2)); if (--i == 0) return;
    swap(indices, i, i32x4.extract_lane(x1, 2)); if (--i == 0) return;
    swap(indices, i, i32x4.extract_lane(x0, 3)); if (--i == 0) return;
    swap(indices, i, i32x4.extract_lane(x1, 3)); if (--i == 0) return;
  }
}

// Threefry2x32 with 20 rounds: the one pseudo-random function beneath every random stream.
// A pure function of key and counter, so any word of any stream can be computed alone, on any thread.
// It knows nothing of purposes or members (random.ts does); the SIMD kernels hold a twin of it.

/** Skein's key-schedule parity constant. */
const PARITY = 0x1bd11bda;

/**
 * Encrypts the counter (c0, c1) under the key (k0, k1) and writes two uniform u32 words to `out[0..1]`.
 *
 * All inputs are taken modulo 2³². Exactly the values of Random123's threefry2x32 and JAX's threefry2x32.
 *
 * **Source:** Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
 */
export function threefry2x32(k0: number, k1: number, c0: number, c1: number, out: Uint32Array): void {
  // The key's words, taken in turn; no list, because every list is garbage until this is optimised.
  let a = k0 | 0;
  let b = k1 | 0;
  let c = k0 ^ k1 ^ PARITY;
  let x0 = (c0 + a) | 0;
  let x1 = (c1 + b) | 0;
  for (let injection = 1; injection <= 5; injection++) {
    const odd = (injection & 1) === 1;
    x0 = (x0 + x1) | 0;
    x1 = rotate(x1, odd ? 13 : 17) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = rotate(x1, odd ? 15 : 29) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = rotate(x1, odd ? 26 : 16) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = rotate(x1, odd ? 6 : 24) ^ x0;
    x0 = (x0 + b) | 0;
    x1 = (x1 + c + injection) | 0;
    const first = a;
    a = b;
    b = c;
    c = first;
  }
  out[0] = x0;
  out[1] = x1;
}

/** Random123's constants for 2×32 bits: those of rounds 0–3 and of rounds 4–7 alternate. */
function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

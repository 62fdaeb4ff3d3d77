// Threefry2x32 with 20 rounds: the one pseudo-random function beneath every random stream.
// A pure function of key and counter, so any word of any stream can be computed alone, on any thread.
// It knows nothing of purposes or members (random.ts does); the SIMD kernels hold a twin of it.

/** Rotations of rounds 0–3 and 4–7, alternating (Random123's constants for 2×32 bits). */
const ROTATIONS = [
  [13, 15, 26, 6],
  [17, 29, 16, 24],
] as const;

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
  const key = [k0 | 0, k1 | 0, k0 ^ k1 ^ PARITY] as const;
  let x0 = (c0 + key[0]) | 0;
  let x1 = (c1 + key[1]) | 0;
  for (let injection = 1; injection <= 5; injection++) {
    const [r0, r1, r2, r3] = ROTATIONS[(injection - 1) & 1]!;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << r0) | (x1 >>> (32 - r0))) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << r1) | (x1 >>> (32 - r1))) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << r2) | (x1 >>> (32 - r2))) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << r3) | (x1 >>> (32 - r3))) ^ x0;
    x0 = (x0 + key[injection % 3]!) | 0;
    x1 = (x1 + key[(injection + 1) % 3]! + injection) | 0;
  }
  out[0] = x0;
  out[1] = x1;
}

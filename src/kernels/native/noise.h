// Gaussian noise on panels, by Box and Muller (1958): four blocks of the cipher give the eight lanes of a row. The twin of
// assembly/noise.ts.
#include "functions.h"
#include "random.h"

/** Half a row of a panel: what one word of four blocks gives. */
typedef float Half __attribute__((vector_size(16)));
typedef float HalfInMemory __attribute__((vector_size(16), aligned(4), may_alias));

/** sin a and cos a for |a| ≤ π/4, within 1e-7: Taylor to degrees 9 and 8. */
INLINE W sine(W a, W square) {
  const W p = HORNER(square, 2.7557319224e-6f, -1.9841269841e-4f, 8.3333333333e-3f, -1.6666666667e-1f);
  return wide_madd(p * square, a, a);
}

INLINE W cosine(W square) {
  return HORNER(square, 2.4801587302e-5f, -1.3888888889e-3f, 4.1666666667e-2f, -0.5f, 1.0f);
}

/**
 * Normal deviates of radius √(scale · ln u), u = (top 24 bits of the first words + 1)·2⁻²⁴, and the angle (q + a)·π/2 with q the
 * top 2 bits of the second words and a ∈ [−½, ½) their next 22.
 */
INLINE void deviates(K first, K second, W scale, W *a, W *b) {
  const W u = wide_to_float((J)((first >> 8) + 1)) * wide_splat(5.9604644775390625e-8f); // 2⁻²⁴
  const W radius = wide_root(scale * ln(u));
  const J bits = (J)(second >> 8 & 0x3fffff) - 0x200000;
  const W angle = wide_to_float(bits) * wide_splat(3.7450702829239e-7f); // (π/2)·2⁻²²
  const W square = angle * angle;
  const W s = radius * sine(angle, square), k = radius * cosine(square);
  // Turned by q right angles: odd q swaps the two, the upper half turns both round.
  const J odd = (second & 0x40000000) != 0;
  const J turn = (J)second & INT32_MIN;
  *a = (W)((J)wide_choose(odd, -s, k) ^ turn);
  *b = (W)((J)wide_choose(odd, k, s) ^ turn);
}

INLINE void add_half(float *x, const float *deviates) {
  Half half;
  memcpy(&half, deviates, sizeof half);
  *(HalfInMemory *)x += half;
}

static void op_add_noise(float *x, size_t stride, int32_t panels, int32_t rows, float deviation, uint32_t key0, uint32_t key1) {
  const W scale = wide_splat(-2 * deviation * deviation);
  // Rows are counted through all panels: four blocks for each.
  uint32_t counter = 0;
  int32_t row = 0;
  while (panels > 0 && rows > 0) {
    Words words = cipher(counter, 0, key0, key1);
    // Otherwise a compiler ciphers each chain where its words are used, one after the other.
    __asm__("" : "+m"(words));
    W a[CHAINS], b[CHAINS];
    EACH_CHAIN deviates(words.first[c], words.second[c], scale, &a[c], &b[c]);
    for (int block = 0; block < BLOCKS && panels > 0; block += 4) {
      add_half(x + row * 8, (const float *)a + block);
      add_half(x + row * 8 + 4, (const float *)b + block);
      if (++row == rows) row = 0, panels--, x = on(x, stride);
    }
    counter += BLOCKS;
  }
}

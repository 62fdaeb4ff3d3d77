// Dropout: masks drawn once, a byte per float, −1 kept and 0 dropped, applied in every pass of the step; and factors per unit for
// prediction. The twin of assembly/dropout.ts.
#include "examples.h"
#include "random.h"

/** As many bytes as the floats that WIDE blocks decide on, and half as many 16-bit numbers. */
typedef int8_t Bytes __attribute__((vector_size(4 * WIDE)));
typedef uint16_t Numbers __attribute__((vector_size(4 * WIDE)));

/** The lower bytes of both, by turns 8 of the first and 8 of the second. */
INLINE Bytes narrow(Numbers first, Numbers second) {
#if defined(TUTTI_AVX512)
  return (Bytes)_mm512_packs_epi16((__m512i)first, (__m512i)second);
#elif defined(TUTTI_AVX2)
  return (Bytes)_mm256_packs_epi16((__m256i)first, (__m256i)second);
#else
  return (Bytes)vcombine_s8(vmovn_s16((int16x8_t)first), vmovn_s16((int16x8_t)second));
#endif
}

/**
 * Float 16q + 8s + 2j + h takes half h of word s of block 4q + j: kept where that is below the threshold. `left` bytes of the mask
 * are left, a multiple of 16.
 */
INLINE void decide(Words words, Numbers limit, int8_t *mask, size_t left) {
  Bytes kept[CHAINS];
  EACH_CHAIN kept[c] = narrow((Numbers)((Numbers)words.first[c] < limit), (Numbers)((Numbers)words.second[c] < limit));
  if (left >= sizeof kept) memcpy(mask, kept, sizeof kept);
  else memcpy(mask, kept, left);
}

static void op_draw_mask(int8_t *mask, size_t stride, int32_t panels, int32_t threshold, uint32_t key0, uint32_t key1,
                         int32_t layer) {
  const size_t count = stride * (size_t)panels / sizeof(float);
  const Numbers limit = (Numbers){0} + (uint16_t)threshold;
  uint32_t counter = 0;
  for (size_t at = 0; at < count; at += 4 * BLOCKS, counter += BLOCKS) {
    decide(cipher(counter, (uint32_t)layer, key0, key1), limit, mask + at, count - at);
  }
}

/** The bytes of WIDE floats, as wide as those. */
INLINE J load_mask(const int8_t *mask) {
#if defined(TUTTI_AVX512)
  return (J)_mm512_cvtepi8_epi32(_mm_loadu_si128((const __m128i *)mask));
#elif defined(TUTTI_AVX2)
  return (J)_mm256_cvtepi8_epi32(_mm_loadl_epi64((const __m128i *)mask));
#else
  int32_t bytes;
  memcpy(&bytes, mask, sizeof bytes);
  return (J)vmovl_s16(vget_low_s16(vmovl_s8(vcreate_s8((uint32_t)bytes))));
#endif
}

static void op_apply_mask(float *input, int8_t *mask, float scale, float *out, size_t stride, int32_t panels) {
  const W factor = wide_splat(scale);
  FOR_BLOCK(at, stride, panels) {
    wide_store(on(out, at), wide_keep_where(wide_load(on(input, at)) * factor, load_mask(mask + at / sizeof(float))));
  }
}

static void op_scale_rows(float *input, float *out, size_t stride, int32_t panels, int32_t rows, float *factors) {
  FOR_EXAMPLES(first, panels) {
    const Examples at = examples_at(first, panels, stride);
    for (int32_t r = 0; r < rows; r++) {
      const W factor = wide_splat(factors[r]);
      store_examples(out, at, (size_t)r * 32, load_examples(input, at, (size_t)r * 32) * factor);
    }
  }
}

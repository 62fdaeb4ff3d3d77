// Dropout: masks drawn once, a byte per float, −1 kept and 0 dropped, applied in every pass of the step; and factors per unit for
// prediction. The twin of assembly/dropout.ts.
#include "examples.h"
#include "random.h"

/** As many bytes as the floats that WIDE blocks decide on, and their 16-bit numbers. */
typedef int8_t Bytes __attribute__((vector_size(4 * WIDE)));
typedef uint16_t Numbers __attribute__((vector_size(4 * WIDE)));
/** The bytes of WIDE floats. */
typedef int8_t FewBytes __attribute__((vector_size(WIDE)));

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

/** Float 16q + 8s + 2j + h takes half h of word s of block 4q + j: kept where that is below the threshold. */
static void op_draw_mask(int8_t *mask, size_t stride, int32_t panels, int32_t threshold, uint32_t key0, uint32_t key1,
                         int32_t layer) {
  const size_t count = stride * (size_t)panels / sizeof(float);
  const Numbers limit = (Numbers){0} + (uint16_t)threshold;
  uint32_t counter = 0;
  for (size_t at = 0; at < count; at += sizeof(Bytes), counter += WIDE) {
    const Words words = cipher(counter, (uint32_t)layer, key0, key1);
    const Bytes kept = narrow((Numbers)((Numbers)words.first < limit), (Numbers)((Numbers)words.second < limit));
    store_run(mask + at, count - at, (W)kept);
  }
}

static void op_apply_mask(float *input, int8_t *mask, float scale, float *out, size_t stride, int32_t panels) {
  const size_t bytes = stride * (size_t)panels;
  const W factor = wide_splat(scale);
  for (size_t at = 0; at < bytes; at += sizeof(W)) {
    const size_t left = bytes - at;
    FewBytes kept = {0};
    if (left >= sizeof(W)) memcpy(&kept, mask + at / sizeof(float), WIDE);
    else memcpy(&kept, mask + at / sizeof(float), left / sizeof(float));
    const W value = load_run(on(input, at), left) * factor;
    store_run(on(out, at), left, wide_keep_where(value, __builtin_convertvector(kept, J)));
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

// From the last layer's panels to what a caller reads: log probabilities, moments, row-major rows. The twin of
// assembly/predictions.ts.
#include "examples.h"
#include "functions.h"

static void op_log_softmax(float *z, size_t stride, int32_t panels, int32_t classes) {
  if (classes <= 0) return;
  const size_t bytes = (size_t)classes * 32;
  FOR_EXAMPLES(first, panels) {
    const Examples at = examples_at(first, panels, stride);
    W highest = load_examples(z, at, 0), sum = {0};
    for (size_t row = 0; row < bytes; row += 32) highest = wide_pmax(highest, load_examples(z, at, row));
    for (size_t row = 0; row < bytes; row += 32) sum += exp_negative(load_examples(z, at, row) - highest);
    const W log_sum = ln(sum);
    for (size_t row = 0; row < bytes; row += 32) store_examples(z, at, row, load_examples(z, at, row) - highest - log_sum);
  }
}

/** log p₁ = −softplus(−z), log p₀ = −softplus(z). */
static void op_binary_log_probabilities(float *z, size_t stride, int32_t panels, float *out, size_t out_stride) {
  FOR_EXAMPLES(first, panels) {
    const Examples to = examples_at(first, panels, out_stride);
    const W score = load_examples(z, examples_at(first, panels, stride), 0);
    store_examples(out, to, 0, -softplus(score));
    store_examples(out, to, 32, -softplus(-score));
  }
  clear_padding_rows(out, out_stride, panels, 2);
}

static void op_gaussian_moments(float *z, size_t stride, int32_t panels, int32_t outputs) {
  FOR_EXAMPLES(first, panels) {
    const Examples at = examples_at(first, panels, stride);
    for (size_t row = (size_t)outputs * 32; row < (size_t)outputs * 64; row += 32) {
      store_examples(z, at, row, variance_of(load_examples(z, at, row)));
    }
  }
}

/** LANES rows of as many examples become LANES values of each; `count` of the examples are wanted. */
INLINE void unpanel_square(const float *z, float *out, size_t out_stride, int32_t count) {
  V square[LANES];
  UNROLL for (int r = 0; r < LANES; r++) square[r] = load(z + r * 8);
  transpose(square);
  UNROLL for (int b = 0; b < LANES; b++) {
    if (b < count) store(on(out, (size_t)b * out_stride), square[b]);
  }
}

/** A single row of each panel, to values close to each other: they lie like that already. */
INLINE void unpanel_row(const float *z, size_t stride, int32_t count, float *out) {
  int32_t b = 0;
  for (; b + 8 <= count; b += 8, z = on(z, stride)) memcpy(out + b, z, 8 * sizeof(float));
  for (int32_t rest = b; b < count; b++) out[b] = z[b - rest];
}

static void op_unpanel(float *z, size_t stride, int32_t rows, int32_t count, float *out, size_t out_stride) {
  if (rows == 1 && out_stride == sizeof(float)) {
    unpanel_row(z, stride, count, out);
    return;
  }
  const int32_t whole = rows - rows % LANES;
  for (int32_t first = 0; first < count; first += LANES) {
    const float *from = on(z, (size_t)(first / 8) * stride) + first % 8;
    float *to = on(out, (size_t)first * out_stride);
    const int32_t examples = smaller(LANES, count - first);
    for (int32_t r = 0; r < whole; r += LANES) unpanel_square(from + (size_t)r * 8, to + r, out_stride, examples);
    for (int32_t r = whole; r < rows; r++) {
      UNROLL for (int b = 0; b < LANES; b++) {
        if (b < examples) on(to, (size_t)b * out_stride)[r] = from[(size_t)r * 8 + (size_t)b];
      }
    }
  }
}

/** Whole vectors first, then single numbers through one lane. */
static void op_exp(float *input, float *out, int32_t count, int32_t width) {
  const size_t floats = (size_t)count * (size_t)width;
  size_t at = 0;
  for (; at + WIDE <= floats; at += WIDE) wide_store(out + at, exp_any(wide_load(input + at)));
  for (; at < floats; at++) out[at] = exp_any(wide_splat(input[at]))[0];
}

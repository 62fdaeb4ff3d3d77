// Layer normalisation of panels, each example by itself: forward, back to its input, and the gradients of gains and shifts. The twin
// of assembly/layer-norm.ts, which says what lies where.
#include "examples.h"
#include "library.h"
#include "update.h"

/** Floats of the means of a panel, and bytes of its statistics. */
enum { MEAN_FLOATS = 8, STATISTICS_BYTES = 64 };

static void op_layer_norm(float *x, size_t x_stride, int32_t panels, int32_t rows, float *w, float epsilon, float *out,
                          size_t out_stride, float slope, float *statistics) {
  const size_t bytes = (size_t)rows * 32;
  const float *shifts = w + round_up4(rows);
  const W share = wide_splat(1 / (float)rows), slopes = wide_splat(slope), one = wide_splat(1);
  clear_padding_rows(out, out_stride, panels, rows);
  FOR_EXAMPLES(first, panels) {
    const Examples at = examples_at(first, panels, x_stride), to = examples_at(first, panels, out_stride);
    W sum = {0};
    for (size_t row = 0; row < bytes; row += 32) sum += load_examples(x, at, row);
    const W mean = sum * share;
    W squares = {0};
    for (size_t row = 0; row < bytes; row += 32) {
      const W d = load_examples(x, at, row) - mean;
      squares = wide_madd(d, d, squares);
    }
    const W root = one / wide_root(squares * share + wide_splat(epsilon));
    if (statistics) {
      const Examples kept = examples_at(first, panels, STATISTICS_BYTES);
      store_examples(statistics, kept, 0, mean);
      store_examples(statistics, kept, 32, root);
    }
    for (size_t row = 0, r = 0; row < bytes; row += 32, r++) {
      const W z = (load_examples(x, at, row) - mean) * root;
      const W h = wide_madd(wide_splat(w[r]), z, wide_splat(shifts[r]));
      store_examples(out, to, row, wide_pmax(h * slopes, h));
    }
  }
}

static void op_layer_norm_input_gradient(float *dz, size_t dz_stride, int32_t panels, int32_t rows, float *w, float *x,
                                         size_t x_stride, float *statistics, float slope, float *dx, size_t dx_stride) {
  const size_t bytes = (size_t)rows * 32;
  const W share = wide_splat(1 / (float)rows), slopes = wide_splat(slope);
  const J change = wide_gate_of(slopes);
  clear_padding_rows(dx, dx_stride, panels, rows);
  FOR_EXAMPLES(first, panels) {
    const Examples from = examples_at(first, panels, dz_stride), at = examples_at(first, panels, x_stride);
    const Examples to = examples_at(first, panels, dx_stride), kept = examples_at(first, panels, STATISTICS_BYTES);
    const W mean = load_examples(statistics, kept, 0), root = load_examples(statistics, kept, 32);
    W sum = {0}, along = {0};
    for (size_t row = 0, r = 0; row < bytes; row += 32, r++) {
      const W a = load_examples(dz, from, row) * wide_splat(w[r]);
      const W z = (load_examples(x, at, row) - mean) * root;
      sum += a;
      along = wide_madd(a, z, along);
    }
    sum *= share;
    along *= share;
    for (size_t row = 0, r = 0; row < bytes; row += 32, r++) {
      const W input = load_examples(x, at, row);
      const W a = load_examples(dz, from, row) * wide_splat(w[r]);
      const W z = (input - mean) * root;
      const W d = root * (a - sum - z * along);
      store_examples(dx, to, row, d * wide_gate(input, slopes, change));
    }
  }
}

static void op_layer_norm_weight_gradient(char *memory, float *x, size_t x_stride, int32_t panels, int32_t rows, float *dz,
                                          size_t dz_stride, float *statistics, float *w, float *scratch,
                                          const struct update *block) {
  const int32_t padded = round_up4(rows);
  const size_t octets = (size_t)padded * 8, count = (size_t)rows * 8;
  memset(scratch, 0, 8 * octets);
  for (; panels > 0; panels--, x = on(x, x_stride), dz = on(dz, dz_stride), statistics += 2 * MEAN_FLOATS) {
    for (int half = 0; half < 8; half += LANES) {
      const V mean = load(statistics + half), root = load(statistics + MEAN_FLOATS + half);
      for (size_t at = half; at < count; at += 8) {
        const V d = load(dz + at), z = (load(x + at) - mean) * root;
        float *gain = scratch + at, *shift = gain + octets;
        store(gain, madd(d, z, load(gain)));
        store(shift, load(shift) + d);
      }
    }
  }
  float *sums = scratch + 2 * octets;
  for (int32_t r = 0; r < 2 * padded; r++) {
    // The octet tree.
    const float *c = scratch + 8 * (size_t)r;
    sums[r] = ((c[0] + c[4]) + (c[2] + c[6])) + ((c[1] + c[5]) + (c[3] + c[7]));
  }
  op_apply_update(memory, w, sums, padded, padded, block);
}

// Submodels that share weights: factors and shifts that each has of its own, and their gradients. The twin of
// assembly/submodels.ts, in vectors of one panel, since its neighbours belong to other submodels.
#include "functions.h"
#include "lanes.h"

/** One panel: z from x, its factors and its shifts, through the slope. */
INLINE void scale_panel(int has_factors, int has_shifts, const float *x, int32_t rows, const float *factors,
                        const float *shifts, float *out, float slope) {
  const V slopes = splat(slope);
  for (int32_t row = 0; row < rows; row++) {
    UNROLL for (int lane = 0; lane < 8; lane += LANES) {
      V z = load(x + row * 8 + lane);
      if (has_factors && has_shifts) z = madd(z, splat(factors[row]), splat(shifts[row]));
      else if (has_factors) z = z * splat(factors[row]);
      else if (has_shifts) z = z + splat(shifts[row]);
      store(out + row * 8 + lane, slope == 1 ? z : pmax(z * slopes, z));
    }
  }
}

static void op_scale_submodels(float *x, size_t x_stride, int32_t repeats, int32_t panels, int32_t rows, int32_t submodels,
                               float *factors, float *shifts, float *out, size_t out_stride, float slope) {
  const size_t table = (size_t)round_up4(rows);
  int32_t submodel = 0;
  for (int32_t q = 0; q < panels; q++) {
    float *to = on(out, (size_t)q * out_stride);
    const float *f = factors + (size_t)submodel * table, *s = shifts + (size_t)submodel * table;
    if (factors && shifts) scale_panel(1, 1, x, rows, f, s, to, slope);
    else if (factors) scale_panel(1, 0, x, rows, f, x, to, slope);
    else if (shifts) scale_panel(0, 1, x, rows, x, s, to, slope);
    else scale_panel(0, 0, x, rows, x, x, to, slope);
    const int ends = ++submodel == submodels;
    if (ends) submodel = 0;
    if (!repeats || ends) x = on(x, x_stride);
  }
  clear_padding_rows(out, out_stride, panels, rows);
}

/** The octet tree of four rows' sums. */
INLINE void store_octet_sums(float sums[4][8], float *to) {
  UNROLL for (int row = 0; row < 4; row++) {
    float t[4];
    UNROLL for (int lane = 0; lane < 4; lane++) t[lane] = sums[row][lane] + sums[row][lane + 4];
    to[row] = (t[0] + t[2]) + (t[1] + t[3]);
  }
}

/** Sums of four rows of one submodel over its panels: of dz, or of its products with x. */
INLINE void sum_rows(int with_inputs, const float *dz, size_t dz_step, int32_t count, const float *x, size_t x_step, float *to) {
  V sums[4][8 / LANES];
  UNROLL for (int row = 0; row < 4; row++) {
    UNROLL for (int part = 0; part < 8 / LANES; part++) sums[row][part] = splat(0);
  }
  for (int32_t n = 0; n < count; n++) {
    UNROLL for (int row = 0; row < 4; row++) {
      UNROLL for (int part = 0; part < 8 / LANES; part++) {
        const V g = load(dz + row * 8 + part * LANES);
        if (with_inputs) sums[row][part] = madd(load(x + row * 8 + part * LANES), g, sums[row][part]);
        else sums[row][part] = sums[row][part] + g;
      }
    }
    dz = on(dz, dz_step);
    if (with_inputs) x = on(x, x_step);
  }
  float octets[4][8];
  UNROLL for (int row = 0; row < 4; row++) {
    UNROLL for (int part = 0; part < 8 / LANES; part++) store(octets[row] + part * LANES, sums[row][part]);
  }
  store_octet_sums(octets, to);
}

static void op_submodel_gradients(float *dz, size_t dz_stride, int32_t panels, int32_t rows, int32_t submodels, float *x,
                                  size_t x_stride, int32_t repeats, float *factor_gradients, float *shift_gradients,
                                  float *scratch) {
  (void)scratch;
  const size_t dz_step = dz_stride * (size_t)submodels, x_step = repeats ? x_stride : x_stride * (size_t)submodels;
  for (int32_t submodel = 0; submodel < submodels; submodel++) {
    const int32_t count = (panels - submodel + submodels - 1) / submodels;
    const float *at = on(dz, (size_t)submodel * dz_stride), *from = repeats ? x : on(x, (size_t)submodel * x_stride);
    for (int32_t row = 0; row < rows; row += 4) {
      if (factor_gradients) {
        sum_rows(1, at + row * 8, dz_step, count, from + row * 8, x_step, factor_gradients);
        factor_gradients += 4;
      }
      if (shift_gradients) {
        sum_rows(0, at + row * 8, dz_step, count, at, 0, shift_gradients);
        shift_gradients += 4;
      }
    }
  }
}

static void op_scale_submodels_gradient(float *dz, size_t dz_stride, int32_t panels, int32_t rows, int32_t submodels,
                                        int32_t repeats, float *factors, float *h, float slope, float *dx, size_t dx_stride) {
  const size_t table = (size_t)round_up4(rows);
  const V slopes = splat(slope);
  const I change = gate_of(slopes);
  const int32_t copies = repeats ? submodels : 1;
  int32_t submodel = 0;
  for (int32_t p = 0; p < panels; p++) {
    float *to = on(dx, (size_t)p * dx_stride);
    const float *hidden = h ? on(h, (size_t)p * dx_stride) : h;
    const float *own = repeats ? factors : factors + (size_t)submodel * table;
    for (int32_t row = 0; row < rows; row++) {
      UNROLL for (int lane = 0; lane < 8; lane += LANES) {
        const float *from = dz + row * 8 + lane;
        V sum = splat(0);
        if (repeats) {
          for (int32_t copy = 0; copy < copies; copy++, from = on(from, dz_stride)) {
            if (factors) sum = madd(load(from), splat(own[(size_t)copy * table + (size_t)row]), sum);
            else sum = sum + load(from);
          }
        } else {
          sum = load(from);
          if (factors) sum = sum * splat(own[row]);
        }
        if (slope != 1) sum = sum * gate(load(hidden + row * 8 + lane), slopes, change);
        store(to + row * 8 + lane, sum);
      }
    }
    dz = on(dz, dz_stride * (size_t)copies);
    if (++submodel == submodels) submodel = 0;
  }
  clear_padding_rows(dx, dx_stride, panels, rows);
}

/** ln of a mean of exponentials, or the plain mean, of WIDE floats that lie `stride` apart for each submodel. */
INLINE W mean_at(const float *z, size_t stride, int32_t submodels, int32_t of_probabilities) {
  W sum = {0};
  if (!of_probabilities) {
    for (int32_t j = 0; j < submodels; j++) sum += wide_load(on(z, (size_t)j * stride));
    return sum * wide_splat(1.0f / (float)submodels);
  }
  W highest = wide_load(z);
  for (int32_t j = 0; j < submodels; j++) highest = wide_pmax(highest, wide_load(on(z, (size_t)j * stride)));
  for (int32_t j = 0; j < submodels; j++) sum += exp_negative(wide_load(on(z, (size_t)j * stride)) - highest);
  return ln(sum) + highest - ln(wide_splat((float)submodels));
}

static void op_mean_of_submodels(float *z, size_t stride, int32_t panels, int32_t rows, int32_t submodels,
                                 int32_t of_probabilities, float *out, size_t out_stride) {
  for (int32_t p = 0; p < panels; p++) {
    float *to = on(out, (size_t)p * out_stride);
    // Blocks have whole groups of four rows, which vectors fill.
    for (int32_t at = 0; at < round_up4(rows) * 8; at += WIDE) wide_store(to + at, mean_at(z + at, stride, submodels, of_probabilities));
    z = on(z, stride * (size_t)submodels);
  }
  clear_padding_rows(out, out_stride, panels, rows);
}

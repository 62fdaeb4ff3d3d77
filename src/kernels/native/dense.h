// Dense layers: forward and the gradient of the inputs. Examples lie along the vectors, as they do in the panels; a register tile is
// up to TILE_HEIGHT rows of sums × 2 vectors, or × 1 for the last panels. Every sum takes its terms in the order of
// ARITHMETIC.md whatever the tile, so that sizes are a matter of speed only.
#ifndef TUTTI_DENSE_H
#define TUTTI_DENSE_H

#include "library.h"

#include "lanes.h"

// How a vector lies over panels, `stride` bytes apart: two panels' rows on AVX-512, one on AVX2, half a one on NEON.
#if defined(TUTTI_AVX512)
enum { TILE_HEIGHT = 12, TILE_PANELS = 4 };
INLINE W load_rows(const float *x, size_t stride, int vector) {
  const float *at = on(x, 2 * (size_t)vector * stride);
  return join(load(at), load(on(at, stride)));
}
INLINE void store_rows(float *out, size_t stride, int vector, W a) {
  float *at = on(out, 2 * (size_t)vector * stride);
  store(at, low_half(a));
  store(on(at, stride), high_half(a));
}
#elif defined(TUTTI_AVX2)
enum { TILE_HEIGHT = 6, TILE_PANELS = 2 };
INLINE W load_rows(const float *x, size_t stride, int vector) { return wide_load(on(x, (size_t)vector * stride)); }
INLINE void store_rows(float *out, size_t stride, int vector, W a) { wide_store(on(out, (size_t)vector * stride), a); }
#else
enum { TILE_HEIGHT = 12, TILE_PANELS = 1 };
INLINE float *half_row(const float *x, size_t stride, int vector) { return on(x, vector / 2 * stride) + vector % 2 * 4; }
INLINE W load_rows(const float *x, size_t stride, int vector) { return wide_load(half_row(x, stride, vector)); }
INLINE void store_rows(float *out, size_t stride, int vector, W a) { wide_store(half_row(out, stride, vector), a); }
#endif

/** Heights of the tiles that `rest` rows are split into: as even as can be, so that none is much lower than the others. */
INLINE int dense_height(int32_t rest) {
  const int32_t tiles = (rest + TILE_HEIGHT - 1) / TILE_HEIGHT;
  return (rest + tiles - 1) / tiles;
}

/** Calls `tile(height, …)` with a height that the compiler knows. */
#define WITH_HEIGHT(height, tile, ...) \
  switch (height) { \
    LOW_HEIGHTS(tile, __VA_ARGS__) \
    TALL_HEIGHTS(tile, __VA_ARGS__) \
  }
/** The same for a height of up to 6. */
#define WITH_LOW_HEIGHT(height, tile, ...) \
  switch (height) { LOW_HEIGHTS(tile, __VA_ARGS__) }
#define LOW_HEIGHTS(tile, ...) \
  case 1: tile(1, __VA_ARGS__); break; \
  case 2: tile(2, __VA_ARGS__); break; \
  case 3: tile(3, __VA_ARGS__); break; \
  case 4: tile(4, __VA_ARGS__); break; \
  case 5: tile(5, __VA_ARGS__); break; \
  case 6: tile(6, __VA_ARGS__); break;
#ifdef TUTTI_AVX2
#define TALL_HEIGHTS(tile, ...)
#else
#define TALL_HEIGHTS(tile, ...) \
  case 7: tile(7, __VA_ARGS__); break; \
  case 8: tile(8, __VA_ARGS__); break; \
  case 9: tile(9, __VA_ARGS__); break; \
  case 10: tile(10, __VA_ARGS__); break; \
  case 11: tile(11, __VA_ARGS__); break; \
  case 12: tile(12, __VA_ARGS__); break;
#endif

/** `height` units × `vectors`; w at the first unit, the weights of the next input `w_stride` bytes on. */
INLINE void forward_tile(int height, int vectors, const float *x, size_t x_stride, int32_t inputs, const float *w, size_t w_stride,
                         const float *bias, float *out, size_t out_stride, float slope) {
  W sum[TILE_HEIGHT][4];
  UNROLL for (int r = 0; r < height; r++) {
    UNROLL for (int v = 0; v < vectors; v++) sum[r][v] = wide_splat(bias[r]);
  }
  for (; inputs > 0; inputs--) {
    W row[4];
    UNROLL for (int v = 0; v < vectors; v++) row[v] = load_rows(x, x_stride, v);
    UNROLL for (int r = 0; r < height; r++) {
      const W weight = wide_splat(w[r]);
      UNROLL for (int v = 0; v < vectors; v++) sum[r][v] = wide_madd(weight, row[v], sum[r][v]);
    }
    // The first tiles of a column panel read it from beyond the second-level cache, at strides that hardware does not foresee.
    __builtin_prefetch(on(w + height - 1, 48 * w_stride));
    x += 8;
    w = on(w, w_stride);
  }
  UNROLL for (int r = 0; r < height; r++) {
    UNROLL for (int v = 0; v < vectors; v++) {
      const W z = sum[r][v];
      store_rows(out + 8 * r, out_stride, v, slope == 1 ? z : wide_pmax(z * wide_splat(slope), z));
    }
  }
}

/** The units of one column panel × `vectors`. */
INLINE void forward_units(int vectors, const float *x, size_t x_stride, int32_t inputs, const float *w, size_t w_stride, int32_t units,
                          const float *bias, float *out, size_t out_stride, float slope) {
  for (int height; units > 0; units -= height, w += height, bias += height, out += 8 * height) {
    height = dense_height(units);
    WITH_HEIGHT(height, forward_tile, vectors, x, x_stride, inputs, w, w_stride, bias, out, out_stride, slope)
  }
}

NOINLINE void forward_pairs(const float *x, size_t x_stride, int32_t inputs, const float *w, size_t w_stride, int32_t units,
                            const float *bias, float *out, size_t out_stride, float slope) {
  forward_units(2, x, x_stride, inputs, w, w_stride, units, bias, out, out_stride, slope);
}

NOINLINE void forward_rest(const float *x, size_t x_stride, int32_t inputs, const float *w, size_t w_stride, int32_t units,
                           const float *bias, float *out, size_t out_stride, float slope) {
  forward_units(1, x, x_stride, inputs, w, w_stride, units, bias, out, out_stride, slope);
}

/** One unit × 4: with fewer sums at a time each would wait for its own additions. */
NOINLINE void forward_one(const float *x, size_t x_stride, int32_t inputs, const float *w, size_t w_stride, const float *bias,
                          float *out, size_t out_stride, float slope) {
  forward_tile(1, 4, x, x_stride, inputs, w, w_stride, bias, out, out_stride, slope);
}

/** All units, beginning with what lies at `bias`. A column panel of weights stays in the second-level cache meanwhile. */
static void forward_panels(const float *x, size_t x_stride, int32_t panels, int32_t inputs, const float *w, int32_t units,
                           const float *bias, float *out, size_t out_stride, float slope) {
  const int32_t padded = round_up4(units);
  float *to = out;
  for (int32_t first = 0; first < units; first += PANEL_UNITS) {
    const size_t w_stride = 4 * (size_t)smaller(PANEL_UNITS, padded - first);
    const int32_t count = smaller(PANEL_UNITS, units - first);
    int32_t p = 0;
    for (; count == 1 && p + 2 * TILE_PANELS <= panels; p += 2 * TILE_PANELS) {
      forward_one(on(x, p * x_stride), x_stride, inputs, w, w_stride, bias, on(to, p * out_stride), out_stride, slope);
    }
    for (; p + TILE_PANELS <= panels; p += TILE_PANELS) {
      forward_pairs(on(x, p * x_stride), x_stride, inputs, w, w_stride, count, bias, on(to, p * out_stride), out_stride, slope);
    }
    for (; p < panels; p += TILE_PANELS / 2) {
      // A last panel alone is paired with itself.
      const int is_alone = p + TILE_PANELS / 2 > panels;
      forward_rest(on(x, p * x_stride), is_alone ? 0 : x_stride, inputs, w, w_stride, count, bias, on(to, p * out_stride),
                   is_alone ? 0 : out_stride, slope);
    }
    w = on(w, w_stride * inputs);
    bias += PANEL_UNITS;
    to += 8 * PANEL_UNITS;
  }
  clear_padding_rows(out, out_stride, panels, units);
}

static void op_forward(float *x, size_t x_stride, int32_t panels, int32_t inputs, float *w, int32_t units, float *out,
                       size_t out_stride, float slope) {
  forward_panels(x, x_stride, panels, inputs, w, units, w + (size_t)inputs * round_up4(units), out, out_stride, slope);
}

static void op_linear(float *x, size_t x_stride, int32_t panels, int32_t inputs, float *w, int32_t units, float *out,
                      size_t out_stride, float *scratch) {
  memset(scratch, 0, 4 * (size_t)round_up4(units));
  forward_panels(x, x_stride, panels, inputs, w, units, scratch, out, out_stride, 1);
}

/**
 * One example: the sums of `vectors` of units, the last of them `last` floats, with the vectors along the units as the weights lie.
 * `out` has room for whole vectors.
 */
INLINE void row_tile(int vectors, const float *x, int32_t inputs, const float *w, size_t w_stride, int32_t last, const float *bias,
                     float *out, float slope) {
  W sum[6];
  UNROLL for (int v = 0; v < vectors; v++) {
    sum[v] = v + 1 < vectors ? wide_load(bias + v * WIDE) : wide_load_some(bias + v * WIDE, last);
  }
  for (; inputs > 0; inputs--, x += 8, w = on(w, w_stride)) {
    const W input = wide_splat(*x);
    UNROLL for (int v = 0; v < vectors; v++) {
      const W weights = v + 1 < vectors ? wide_load(w + v * WIDE) : wide_load_some(w + v * WIDE, last);
      sum[v] = wide_madd(weights, input, sum[v]);
    }
  }
  UNROLL for (int v = 0; v < vectors; v++) {
    wide_store(out + v * WIDE, slope == 1 ? sum[v] : wide_pmax(sum[v] * wide_splat(slope), sum[v]));
  }
}

/** Lane 0 of one panel; what the other lanes of the output hold is not touched, but for its padding rows. */
static void op_forward_row(float *x, int32_t inputs, float *w, int32_t units, float *out, float slope) {
  const int32_t padded = round_up4(units);
  const float *bias = w + (size_t)inputs * padded;
  for (int32_t first = 0; first < padded; first += PANEL_UNITS) {
    const int32_t width = smaller(PANEL_UNITS, padded - first);
    for (int32_t column = 0, vectors; column < width; column += vectors * WIDE) {
      float row[6 * WIDE];
      vectors = smaller(6, (width - column + WIDE - 1) / WIDE);
      const int32_t last = smaller(WIDE, width - column - (vectors - 1) * WIDE);
      WITH_LOW_HEIGHT(vectors, row_tile, x, inputs, w + column, 4 * (size_t)width, last, bias + first + column, row, slope)
      for (int32_t unit = 0; unit < (vectors - 1) * WIDE + last; unit++) out[8 * (first + column + unit)] = row[unit];
    }
    w += (size_t)inputs * width;
  }
  clear_padding_rows(out, 0, 1, units);
}

/** Adds `units` terms to each sum of a tile; the weights of the next row of sums `w_stride` bytes on, those needed then at `next`. */
INLINE void add_units(int height, int vectors, W sum[TILE_HEIGHT][2], const float *dz, size_t dz_stride, int32_t units, const float *w,
                      size_t w_stride, const float *next) {
  // Every third row has a pointer of its own: with one for each row there are more than registers.
  const float *rows[(TILE_HEIGHT + 2) / 3];
  UNROLL for (int r = 0; r < height; r += 3) rows[r / 3] = on(w, r * w_stride);
  for (int32_t o = 0; o < units; o++) {
    W terms[2];
    UNROLL for (int v = 0; v < vectors; v++) terms[v] = load_rows(dz + 8 * (size_t)o, dz_stride, v);
    UNROLL for (int r = 0; r < height; r++) {
      const W weight = wide_splat(*on(rows[r / 3] + o, r % 3 * w_stride));
      UNROLL for (int v = 0; v < vectors; v++) sum[r][v] = wide_madd(weight, terms[v], sum[r][v]);
    }
    __builtin_prefetch(next + height * o);
  }
}

/** The gradient of `height` inputs, from `row` on, × `vectors`: over all column panels, so that the sums stay in registers. */
INLINE void input_gradient_tile(int height, int vectors, const float *dz, size_t dz_stride, int32_t units, const float *w, int32_t inputs,
                                int32_t row, const float *h, float slope, float *dx, size_t dx_stride) {
  const int32_t padded = round_up4(units);
  W sum[TILE_HEIGHT][2];
  UNROLL for (int r = 0; r < height; r++) {
    UNROLL for (int v = 0; v < vectors; v++) sum[r][v] = (W){0};
  }
  int32_t width = smaller(PANEL_UNITS, padded);
  const float *const below = w + (size_t)(row + height) * width;
  for (int32_t first = 0; first < units; first += PANEL_UNITS) {
    const float *const from = w + (size_t)row * width;
    const size_t w_stride = 4 * (size_t)width;
    const int32_t count = smaller(PANEL_UNITS, units - first);
    w += (size_t)inputs * PANEL_UNITS;
    width = smaller(PANEL_UNITS, padded - first - PANEL_UNITS);
    add_units(height, vectors, sum, dz, dz_stride, count, from, w_stride, width > 0 ? w + (size_t)row * width : below);
    dz += 8 * PANEL_UNITS;
  }
  dx += 8 * (size_t)row;
  h += 8 * (size_t)row;
  const W slopes = wide_splat(slope);
  const J change = wide_gate_of(slopes);
  UNROLL for (int r = 0; r < height; r++) {
    UNROLL for (int v = 0; v < vectors; v++) {
      W gradient = sum[r][v];
      if (slope != 1) gradient *= wide_gate(load_rows(h + 8 * r, dx_stride, v), slopes, change);
      store_rows(dx + 8 * r, dx_stride, v, gradient);
    }
  }
}

INLINE void input_gradient_rows(int vectors, const float *dz, size_t dz_stride, int32_t units, const float *w, int32_t inputs,
                                int32_t row, int32_t end, const float *h, float slope, float *dx, size_t dx_stride) {
  for (int height; row < end; row += height) {
    height = dense_height(end - row);
    WITH_HEIGHT(height, input_gradient_tile, vectors, dz, dz_stride, units, w, inputs, row, h, slope, dx, dx_stride)
  }
}

NOINLINE void input_gradient_pairs(const float *dz, size_t dz_stride, int32_t units, const float *w, int32_t inputs, int32_t row,
                                   int32_t end, const float *h, float slope, float *dx, size_t dx_stride) {
  input_gradient_rows(2, dz, dz_stride, units, w, inputs, row, end, h, slope, dx, dx_stride);
}

NOINLINE void input_gradient_rest(const float *dz, size_t dz_stride, int32_t units, const float *w, int32_t inputs, int32_t row,
                                  int32_t end, const float *h, float slope, float *dx, size_t dx_stride) {
  input_gradient_rows(1, dz, dz_stride, units, w, inputs, row, end, h, slope, dx, dx_stride);
}

/** Weights of as many inputs are taken for all examples before the next ones: they stay in the second-level cache meanwhile. */
enum { STRIP_FLOATS = 32768 };

static void op_input_gradient(float *dz, size_t dz_stride, int32_t panels, int32_t units, float *w, int32_t inputs, float *h,
                              float slope, float *dx, size_t dx_stride) {
  const int32_t tiles = STRIP_FLOATS / TILE_HEIGHT / round_up4(units);
  const int32_t strip = TILE_HEIGHT * (tiles > 0 ? tiles : 1);
  for (int32_t row = 0, end; row < inputs; row = end) {
    end = smaller(inputs, row + strip);
    int32_t p = 0;
    for (; p + TILE_PANELS <= panels; p += TILE_PANELS) {
      input_gradient_pairs(on(dz, p * dz_stride), dz_stride, units, w, inputs, row, end, on(h, p * dx_stride), slope,
                           on(dx, p * dx_stride), dx_stride);
    }
    for (; p < panels; p += TILE_PANELS / 2) {
      const int is_alone = p + TILE_PANELS / 2 > panels;
      input_gradient_rest(on(dz, p * dz_stride), is_alone ? 0 : dz_stride, units, w, inputs, row, end, on(h, p * dx_stride), slope,
                          on(dx, p * dx_stride), is_alone ? 0 : dx_stride);
    }
  }
  clear_padding_rows(dx, dx_stride, panels, inputs);
}

#endif

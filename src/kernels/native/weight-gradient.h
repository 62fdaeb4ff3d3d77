// The gradient of a dense layer's weights and biases, handed to their update as it is computed. Units lie along the vectors, as the
// weights do: dz of a column panel is repacked from [unit][example] to [example][units], in groups of two vectors of units, and
// register tiles of up to TILE_HEIGHT inputs × a group are summed over the batch, inputs broadcast from where they lie.
#ifndef TUTTI_WEIGHT_GRADIENT_H
#define TUTTI_WEIGHT_GRADIENT_H

#include <string.h>

#include "dense.h"
#include "update.h"

/** Vectors of units that the columns from `column` on are grouped into, and their floats for each example. */
INLINE int group_vectors(int32_t width, int32_t column) { return width - column > WIDE ? 2 : 1; }

/** Transposes LANES units × LANES examples to `to`, its rows `row` floats apart, adding them to `sums` one after the other. */
INLINE void pack_square(const float *dz, int32_t units, float *to, int row, float *sums) {
  V rows[LANES];
  UNROLL for (int unit = 0; unit < LANES; unit++) rows[unit] = unit < 4 || unit < units ? load(dz + 8 * unit) : (V){0};
  transpose(rows);
  V sum = load(sums);
  UNROLL for (int example = 0; example < LANES; example++) {
    store(to + example * row, rows[example]);
    sum += rows[example];
  }
  store(sums, sum);
}

/** Repacks a column panel of dz (`width` a multiple of 4), and leaves the gradient of its biases in `sums` (up to a whole group). */
static void pack(const float *dz, size_t dz_stride, int32_t panels, int32_t width, float *packed, float *sums) {
  const size_t examples = 8 * (size_t)panels;
  memset(sums, 0, 4 * PANEL_UNITS);
  for (int32_t p = 0; p < panels; p++, dz = on(dz, dz_stride)) {
    float *group = packed;
    for (int32_t column = 0, row; column < width; column += row, group += row * examples) {
      row = group_vectors(width, column) * WIDE;
      for (int32_t unit = column; unit < column + row; unit += LANES) {
        for (int example = 0; example < 8; example += LANES) {
          float *to = group + (size_t)row * (8 * p + example) + (unit - column);
          pack_square(dz + 8 * unit + example, width - unit, to, row, sums + unit);
        }
      }
    }
  }
}

/** `height` inputs × a group of `vectors`, the last of them `last` floats. */
INLINE void weight_tile(int height, int vectors, const float *x, size_t x_stride, int32_t panels, const float *packed, float *out,
                        int32_t out_row, int32_t last) {
  W sum[TILE_HEIGHT][2];
  UNROLL for (int r = 0; r < height; r++) {
    UNROLL for (int v = 0; v < vectors; v++) sum[r][v] = (W){0};
  }
  for (; panels > 0; panels--, x = on(x, x_stride)) {
    for (int example = 0; example < 8; example++, packed += vectors * WIDE) {
      W terms[2];
      UNROLL for (int v = 0; v < vectors; v++) terms[v] = wide_load(packed + v * WIDE);
      UNROLL for (int r = 0; r < height; r++) {
        const W input = wide_splat(x[8 * r + example]);
        UNROLL for (int v = 0; v < vectors; v++) sum[r][v] = wide_madd(input, terms[v], sum[r][v]);
      }
    }
  }
  UNROLL for (int r = 0; r < height; r++) {
    UNROLL for (int v = 0; v < vectors; v++) {
      float *to = out + r * out_row + v * WIDE;
      if (v + 1 < vectors) wide_store(to, sum[r][v]);
      else wide_store_some(to, last, sum[r][v]);
    }
  }
}

NOINLINE void weight_tile_of_pair(int height, const float *x, size_t x_stride, int32_t panels, const float *packed, float *out,
                                  int32_t out_row, int32_t last) {
  WITH_HEIGHT(height, weight_tile, 2, x, x_stride, panels, packed, out, out_row, last)
}

NOINLINE void weight_tile_of_one(int height, const float *x, size_t x_stride, int32_t panels, const float *packed, float *out,
                                 int32_t out_row, int32_t last) {
  WITH_HEIGHT(height, weight_tile, 1, x, x_stride, panels, packed, out, out_row, last)
}

static void op_weight_gradient(char *memory, float *x, size_t x_stride, int32_t panels, int32_t inputs, float *dz, size_t dz_stride,
                               int32_t units, float *w, float *scratch, const struct update *block) {
  const int32_t padded = round_up4(units);
  float *bias = w + (size_t)inputs * padded;
  float sums[PANEL_UNITS], gradient[TILE_HEIGHT * PANEL_UNITS];
  for (int32_t first = 0; first < padded; first += PANEL_UNITS) {
    const int32_t width = smaller(PANEL_UNITS, padded - first);
    pack(dz + 8 * first, dz_stride, panels, width, scratch, sums);
    update(memory, bias + first, sums, 4 * (size_t)width, block, 0);
    for (int32_t row = 0, height; row < inputs; row += height) {
      height = dense_height(inputs - row);
      const float *packed = scratch;
      for (int32_t column = 0, taken; column < width; column += taken) {
        const int vectors = group_vectors(width, column);
        taken = vectors * WIDE;
        const int32_t last = smaller(WIDE, width - column - (vectors - 1) * WIDE);
        if (vectors == 2) weight_tile_of_pair(height, x + 8 * (size_t)row, x_stride, panels, packed, gradient + column, width, last);
        else weight_tile_of_one(height, x + 8 * (size_t)row, x_stride, panels, packed, gradient + column, width, last);
        packed += taken * 8 * (size_t)panels;
      }
      update(memory, w, gradient, 4 * (size_t)(height * width), block, 1);
      w += height * width;
    }
  }
}

#endif

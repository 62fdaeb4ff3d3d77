// From the shared dataset to the panels of a batch: rows chosen by index, transposed LANES examples at a time. The twin of
// assembly/gather.ts.
#include <string.h>

#include "lanes.h"

/** Of the processor's caches. */
enum { FLOATS_OF_LINE = 16 };

/** The rows of LANES examples, from the `first` of `count` on. One beyond them is the first again: its values are masked away. */
typedef struct {
  const char *row[LANES];
  I mask;
} Rows;

/** All bits of the lanes below `count`. */
INLINE I lanes_below(int32_t count) {
  I lanes = {0};
  UNROLL for (int lane = 0; lane < LANES; lane++) lanes[lane] = lane;
  return lanes < count;
}

INLINE Rows rows_at(const float *x, size_t stride, const uint32_t *indices, int32_t first, int32_t count) {
  Rows rows = {.mask = lanes_below(count - first)};
  UNROLL for (int32_t lane = 0; lane < LANES; lane++) {
    const int32_t chosen = first + lane < count ? first + lane : 0;
    rows.row[lane] = (const char *)x + (size_t)indices[chosen] * stride;
  }
  return rows;
}

/** `floats` features, at most LANES, of all rows from byte `at` on to as many rows of a panel. */
INLINE void gather_square(const Rows *rows, size_t at, int32_t floats, float *out) {
  V square[LANES];
  UNROLL for (int lane = 0; lane < LANES; lane++) {
    square[lane] = (V){0};
    memcpy(&square[lane], rows->row[lane] + at, (size_t)floats * sizeof(float));
  }
  transpose(square);
  UNROLL for (int f = 0; f < floats; f++) store(out + f * 8, keep_where(square[f], rows->mask));
}

/** Fetches a line of each row: rows lie anywhere in a dataset that no cache may hold. */
INLINE void fetch_ahead(const Rows *rows, size_t at) {
  UNROLL for (int lane = 0; lane < LANES; lane++) __builtin_prefetch(rows->row[lane] + at);
}

static void op_gather_rows(float *x, size_t x_stride, uint32_t *indices, int32_t count, int32_t features, float *out,
                           size_t out_stride) {
  const int32_t floats = round_up4(features);
  Rows rows = rows_at(x, x_stride, indices, 0, count);
  for (int32_t first = 0; first < ((count + 7) & ~7); first += LANES) {
    float *to = on(out, (size_t)(first / 8) * out_stride) + first % 8;
    const Rows next = rows_at(x, x_stride, indices, first + LANES, count);
    int32_t f = 0;
    for (; f + LANES <= floats; f += LANES) {
      if (f % FLOATS_OF_LINE == 0) fetch_ahead(&next, (size_t)f * sizeof(float));
      gather_square(&rows, (size_t)f * sizeof(float), LANES, to + (size_t)f * 8);
    }
    if (f < floats) gather_square(&rows, (size_t)f * sizeof(float), 4, to + (size_t)f * 8);
    rows = next;
  }
}

static void op_gather_columns(float *x, size_t x_stride, uint32_t *indices, int32_t count, uint32_t *columns, int32_t features,
                              float *out, size_t out_stride) {
  for (int32_t first = 0; first < ((count + 7) & ~7); first += LANES) {
    const Rows rows = rows_at(x, x_stride, indices, first, count);
    float *to = on(out, (size_t)(first / 8) * out_stride) + first % 8;
    for (int32_t f = 0; f < features; f++) {
      V column;
      UNROLL for (int lane = 0; lane < LANES; lane++) column[lane] = ((const float *)rows.row[lane])[columns[f]];
      store(to + (size_t)f * 8, keep_where(column, rows.mask));
    }
  }
  clear_padding_rows(out, out_stride, (count + 7) / 8, features);
}

static void op_gather_labels(int32_t *labels, uint32_t *indices, int32_t count, int32_t *out) {
  for (int32_t b = 0; b < count; b++) out[b] = labels[indices[b]];
  for (int32_t b = count; b & 7; b++) out[b] = 0;
}

static void op_gather_weights(float *row_weights, uint32_t *indices, int32_t count, float scale, float *out) {
  for (int32_t b = 0; b < count; b++) out[b] = row_weights ? scale * row_weights[indices[b]] : scale;
  for (int32_t b = count; b & 7; b++) out[b] = 0;
}

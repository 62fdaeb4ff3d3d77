// From the shared dataset to the panels of a batch: rows chosen by index, transposed LANES examples at a time. The twin of
// assembly/gather.ts.
#include "library.h"

#include "lanes.h"

enum {
  /** Of the processor's caches. */
  LINE_BYTES = 64,
  /** Rows from here on are fetched before they are needed: no cache may hold their dataset. */
  LONG_ROW_BYTES = 1024,
};

/** All bits of the lanes below `count`. */
INLINE I lanes_below(int32_t count) {
  I lanes = {0};
  UNROLL for (int lane = 0; lane < LANES; lane++) lanes[lane] = lane;
  return lanes < count;
}

/** Where the rows of LANES examples lie; what is not of the batch is masked away. */
typedef struct {
  const char *row[LANES];
  I mask;
} Rows;

/** Those of the examples from the `first` of `count` on. One beyond them is the first of all. */
INLINE Rows rows_at(const float *x, size_t stride, const uint32_t *indices, int32_t first, int32_t count) {
  Rows rows = {.mask = lanes_below(count - first)};
  const char *start = (const char *)x;
  if (first + LANES <= count) {
    UNROLL for (int lane = 0; lane < LANES; lane++) rows.row[lane] = start + (size_t)indices[first + lane] * stride;
  } else {
    UNROLL for (int lane = 0; lane < LANES; lane++) {
      rows.row[lane] = start + (size_t)indices[first + lane < count ? first + lane : 0] * stride;
    }
  }
  return rows;
}

/** 4 features, from byte `at` of the rows on, to 4 rows of a panel. */
INLINE void gather_quad(const Rows *rows, size_t at, float *out) {
  V quad[4];
#ifdef TUTTI_NEON
  for (int lane = 0; lane < LANES; lane++) quad[lane] = load(rows->row[lane] + at);
  transpose(quad);
#else
  // Rows r and r + 4 side by side, which leaves half of a transposition to the loads.
  __m256 pairs[4], zipped[4];
  UNROLL for (int r = 0; r < 4; r++) {
    const __m128 low = _mm_loadu_ps((const float *)(rows->row[r] + at)), high = _mm_loadu_ps((const float *)(rows->row[r + 4] + at));
    pairs[r] = _mm256_insertf128_ps(_mm256_castps128_ps256(low), high, 1);
  }
  UNROLL for (int r = 0; r < 4; r += 2) {
    zipped[r] = _mm256_unpacklo_ps(pairs[r], pairs[r + 1]);
    zipped[r + 1] = _mm256_unpackhi_ps(pairs[r], pairs[r + 1]);
  }
  UNROLL for (int half = 0; half < 2; half++) {
    quad[2 * half] = (V)_mm256_shuffle_ps(zipped[half], zipped[half + 2], 0x44);
    quad[2 * half + 1] = (V)_mm256_shuffle_ps(zipped[half], zipped[half + 2], 0xee);
  }
#endif
  UNROLL for (int f = 0; f < 4; f++) store(out + f * 8, keep_where(quad[f], rows->mask));
}

/** A line of each row. */
INLINE void fetch(const Rows *rows, size_t at) {
  UNROLL for (int lane = 0; lane < LANES; lane++) __builtin_prefetch(rows->row[lane] + at);
}

static void op_gather_rows(float *x, size_t x_stride, uint32_t *indices, int32_t count, int32_t features, float *out,
                           size_t out_stride) {
  const size_t bytes = (size_t)round_up4(features) * sizeof(float);
  for (int32_t first = 0; first < ((count + 7) & ~7); first += LANES) {
    float *to = on(out, (size_t)(first / 8) * out_stride) + first % 8;
    const Rows rows = rows_at(x, x_stride, indices, first, count);
    size_t at = 0;
    if (bytes >= LONG_ROW_BYTES) {
      const Rows next = rows_at(x, x_stride, indices, first + LANES, count);
      for (; at + LINE_BYTES <= bytes; at += LINE_BYTES) {
        fetch(&next, at);
        UNROLL for (size_t quad = at; quad < at + LINE_BYTES; quad += 16) gather_quad(&rows, quad, on(to, quad * 8));
      }
    }
    for (; at < bytes; at += 16) gather_quad(&rows, at, on(to, at * 8));
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

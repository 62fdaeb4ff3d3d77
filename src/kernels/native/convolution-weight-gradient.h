// Gradients of convolutions' weights. Every lane of an octet of examples is a sum of its own over all panels and windows, and
// nothing is transposed. A tile is some taps × some filters over some windows of a panel; octets are added up once, when every
// panel is done, and a column panel goes to the update at once. Scratch behind the image: f32[taps][width][8 lanes], then
// f32[width][8 lanes] for the biases.
#ifndef TUTTI_CONVOLUTION_WEIGHT_GRADIENT_H
#define TUTTI_CONVOLUTION_WEIGHT_GRADIENT_H

#include "windows.h"

/** A W holds the octets of two filters, of one, or half of one: then the tiles run over both halves. */
#ifdef TUTTI_AVX512
enum { VECTOR_FILTERS = 2 };
#else
enum { VECTOR_FILTERS = 1 };
#endif
enum { OCTET_FLOATS = VECTOR_FILTERS * PIXEL_FLOATS };

// Gradients of a block's windows are packed for a tile's filters, so that all its taps read them in order from the first-level cache.
#if defined(TUTTI_AVX512)
enum { TILE_TAPS = 6, TILE_COLUMNS = 4, BLOCK_WINDOWS = 64 };
#define EACH_TAPS EACH_TO_6
#define EACH_COLUMNS(M) M(1) M(2) M(3) M(4)
#elif defined(TUTTI_AVX2)
enum { TILE_TAPS = 6, TILE_COLUMNS = 2, BLOCK_WINDOWS = 128 };
#define EACH_TAPS EACH_TO_6
#define EACH_COLUMNS(M) M(1) M(2)
#else
enum { TILE_TAPS = 5, TILE_COLUMNS = 4, BLOCK_WINDOWS = 128 };
#define EACH_TAPS EACH_TO_5
#define EACH_COLUMNS(M) M(1) M(2) M(3) M(4)
#endif

/** A block of windows of one panel, x and dz at its first; sums of a tap `sums_stride` bytes from those of the next. */
struct block {
  const uint32_t *corners;
  int32_t count;
  const float *x, *dz;
  size_t filter_bytes, sums_stride;
};

/** Packs dz of `columns` vectors of filters to `to` and adds db of them at `sums`. */
INLINE void pack_columns(int columns, const struct block *g, const float *dz, int32_t filters, float *sums, W *to) {
  W octets[TILE_COLUMNS];
  const char *at[TILE_COLUMNS * VECTOR_FILTERS];
  // A filter beyond the last repeats it; `finish` clears what it adds up to.
  UNROLL for (int f = 0; f < columns * VECTOR_FILTERS; f++) {
    at[f] = (const char *)on(dz, g->filter_bytes * smaller(f, filters - 1));
  }
  UNROLL for (int v = 0; v < columns; v++) octets[v] = wide_load(sums + v * OCTET_FLOATS);
  const size_t bytes = (size_t)g->count * PIXEL_BYTES;
  for (size_t offset = 0; offset < bytes; offset += PIXEL_BYTES, to += columns) {
    UNROLL for (int v = 0; v < columns; v++) {
#ifdef TUTTI_AVX512
      to[v] = join(load(at[2 * v] + offset), load(at[2 * v + 1] + offset));
#else
      to[v] = wide_load(at[v] + offset);
#endif
      octets[v] += to[v];
    }
  }
  UNROLL for (int v = 0; v < columns; v++) wide_store(sums + v * OCTET_FLOATS, octets[v]);
}

/** An octet of x for every filter of a vector. */
INLINE W load_octet(const char *at) {
#ifdef TUTTI_AVX512
  return (W)_mm512_broadcast_f32x8(_mm256_loadu_ps((const float *)at));
#else
  return wide_load(at);
#endif
}

/** Adds `taps` × `columns` vectors of filters to their octets at `sums`. */
INLINE void correlate_tile(int taps, int columns, const struct block *g, const uint32_t *tap, const W *dz, float *sums) {
  W octets[TILE_TAPS][TILE_COLUMNS], gradient[TILE_COLUMNS];
  const char *x[TILE_TAPS];
  UNROLL for (int t = 0; t < taps; t++) {
    x[t] = (const char *)g->x + tap[t];
    UNROLL for (int v = 0; v < columns; v++) octets[t][v] = wide_load(on(sums, t * g->sums_stride) + v * OCTET_FLOATS);
  }
  for (const uint32_t *corner = g->corners, *end = corner + g->count; corner < end; corner++, dz += columns) {
    UNROLL for (int v = 0; v < columns; v++) gradient[v] = dz[v];
    UNROLL for (int t = 0; t < taps; t++) {
      const W pixel = in_register(load_octet(x[t] + *corner));
      UNROLL for (int v = 0; v < columns; v++) octets[t][v] = wide_madd(pixel, gradient[v], octets[t][v]);
    }
  }
  UNROLL for (int t = 0; t < taps; t++) {
    UNROLL for (int v = 0; v < columns; v++) wide_store(on(sums, t * g->sums_stride) + v * OCTET_FLOATS, octets[t][v]);
  }
}

#define CORRELATE(taps) \
  NOINLINE void correlate##taps(int32_t columns, const struct block *g, const uint32_t *tap, const W *dz, float *sums) { \
    enum { TAPS = taps }; \
    switch (columns) { EACH_COLUMNS(CASE) } \
  }
#define CASE(columns) case columns: correlate_tile(TAPS, columns, g, tap, dz, sums); break;
EACH_TAPS(CORRELATE)
#undef CASE
#undef CORRELATE

static void correlate_taps(int32_t taps, int32_t columns, const struct block *g, const uint32_t *tap, const W *dz, float *sums) {
#define CASE(taps) case taps: correlate##taps(columns, g, tap, dz, sums); break;
  switch (taps) { EACH_TAPS(CASE) }
#undef CASE
}

/** Adds a block, for `filters` filters of a column panel, to the sums. */
static void correlate_block(const struct windows *windows, const struct block *g, int32_t filters, float *sums) {
  const int32_t taps = tap_count(windows);
  const float *dz = g->dz;
  W packed[BLOCK_WINDOWS * TILE_COLUMNS];
  for (int32_t columns; filters > 0; filters -= columns * VECTOR_FILTERS) {
    columns = even_height((filters + VECTOR_FILTERS - 1) / VECTOR_FILTERS, TILE_COLUMNS);
    float *bias_sums = on(sums, taps * g->sums_stride);
#define CASE(columns) case columns: pack_columns(columns, g, dz, filters, bias_sums, packed); break;
    switch (columns) { EACH_COLUMNS(CASE) }
#undef CASE
    for (int32_t t = 0, height; t < taps; t += height) {
      height = even_height(taps - t, TILE_TAPS);
      correlate_taps(height, columns, g, taps_of(windows) + t, packed, on(sums, t * g->sums_stride));
    }
    dz = on(dz, g->filter_bytes * columns * VECTOR_FILTERS);
    sums += columns * OCTET_FLOATS;
  }
}

static void correlate_panel(
    const struct windows *windows, const float *x, const float *dz, int32_t filters, int32_t columns, float *sums) {
  const int32_t count = window_count(windows);
  for (int32_t half = 0; half < PIXEL_FLOATS; half += WIDE) {
    for (int32_t first = 0; first < count; first += BLOCK_WINDOWS) {
      const struct block g = {
          corners_of(windows) + first, smaller(BLOCK_WINDOWS, count - first), x + half, dz + (size_t)first * PIXEL_FLOATS + half,
          (size_t)count * PIXEL_BYTES, (size_t)columns * PIXEL_BYTES};
      correlate_block(windows, &g, filters, sums + half);
    }
  }
}

typedef float Quad __attribute__((vector_size(16)));
typedef int32_t QuadInts __attribute__((vector_size(16)));

/** Four floats of two vectors by their places, those of `b` from 4. GCC has clang's word for it from version 12 on only. */
#ifdef __clang__
#define PICK(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
#define PICK(a, b, ...) __builtin_shuffle(a, b, (QuadInts){__VA_ARGS__})
#endif

/** t[l] = c[l] + c[l + 4] of an octet of sums: the first level of its tree. */
INLINE Quad fold_octet(const float *octet) {
  Quad low, high;
  memcpy(&low, octet, sizeof low);
  memcpy(&high, octet + 4, sizeof high);
  return low + high;
}

/** The sums of four octets, each by the octet tree: t[l] as above, then (t[0] + t[2]) + (t[1] + t[3]). */
INLINE Quad sums_of_octets(const float *octets) {
  const Quad a = fold_octet(octets), b = fold_octet(octets + 8), c = fold_octet(octets + 16), d = fold_octet(octets + 24);
  const Quad ab = PICK(a, b, 0, 4, 1, 5) + PICK(a, b, 2, 6, 3, 7);
  const Quad cd = PICK(c, d, 0, 4, 1, 5) + PICK(c, d, 2, 6, 3, 7);
  return PICK(ab, cd, 0, 1, 4, 5) + PICK(ab, cd, 2, 3, 6, 7);
}

/** f32[rows][columns][8 lanes] → f32[rows][columns], at the same address: sums over the lanes, 0 beyond `filters`. */
static void finish(float *sums, int32_t rows, int32_t columns, int32_t filters) {
  float *to = sums;
  for (int32_t row = 0; row < rows; row++) {
    for (int32_t f = 0; f < columns; f += 4, sums += 32, to += 4) {
      const QuadInts is_real = (QuadInts){0, 1, 2, 3} < filters - f;
      const Quad real = (Quad)((QuadInts)sums_of_octets(sums) & is_real);
      memcpy(to, &real, sizeof real);
    }
  }
}

static void op_convolve_weight_gradient(
    char *memory, const struct windows *windows, float *x, size_t x_stride, int32_t panels, float *dz, size_t dz_stride, float *w,
    int32_t filters, float *scratch, const struct update *how) {
  const int32_t taps = tap_count(windows), padded = round_up4(filters);
  float *bias = w + (size_t)taps * padded, *sums = on(scratch, windows->image_bytes);
  for (int32_t first = 0; first < filters; first += PANEL_UNITS) {
    const int32_t columns = smaller(PANEL_UNITS, padded - first), real = smaller(PANEL_UNITS, filters - first);
    const size_t weights = (size_t)taps * columns;
    memset(sums, 0, (weights + columns) * PIXEL_BYTES);
    for (int32_t p = 0; p < panels; p++) {
      const float *image = with_margin(windows, on(x, p * x_stride), scratch);
      correlate_panel(windows, image, on(dz, p * dz_stride), real, columns, sums);
    }
    finish(sums, taps + 1, columns, real);
    update(memory, bias, sums + weights, (size_t)columns * 4, how, 0);
    update(memory, w, sums, weights * 4, how, 1);
    w += weights;
    bias += PANEL_UNITS;
    dz += (size_t)(PANEL_UNITS * window_count(windows)) * PIXEL_FLOATS;
  }
}

#endif

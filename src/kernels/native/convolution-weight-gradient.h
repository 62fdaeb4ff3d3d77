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

#if defined(TUTTI_AVX512)
enum { TILE_TAPS = 6, TILE_COLUMNS = 4 };
#define EACH_TAPS EACH_TO_6
#elif defined(TUTTI_AVX2)
enum { TILE_TAPS = 6, TILE_COLUMNS = 2 };
#define EACH_TAPS EACH_TO_6
#else
enum { TILE_TAPS = 5, TILE_COLUMNS = 4 };
#define EACH_TAPS EACH_TO_5
#endif
/** Windows whose x and dz stay near from tile to tile. */
enum { BLOCK_WINDOWS = 256 };

/** Some windows of one panel. */
struct correlation {
  const uint32_t *corners, *corners_end;
  size_t row_bytes;
  size_t sums_stride;
};

/** The octets of the filters at `at`, `offset` bytes on, that vector v holds. */
INLINE W load_octets(const char *const *at, int v, size_t offset) {
#ifdef TUTTI_AVX512
  return join(load(at[2 * v] + offset), load(at[2 * v + 1] + offset));
#else
  return wide_load(at[v] + offset);
#endif
}

/** An octet of x for every filter of a vector. */
INLINE W load_octet(const char *at) {
#ifdef TUTTI_AVX512
  return (W)_mm512_broadcast_f32x8(_mm256_loadu_ps((const float *)at));
#else
  return wide_load(at);
#endif
}

/** Adds `taps` × `columns` vectors of filters, over the windows, to their octets at `sums`. */
INLINE void correlate_tile(
    int taps, int columns, const struct correlation *g, const float *x, const uint32_t *tap, const char *const *filters,
    float *sums) {
  W octets[TILE_TAPS][TILE_COLUMNS], dz[TILE_COLUMNS];
  const char *x_at[TILE_TAPS], *dz_at[TILE_COLUMNS * VECTOR_FILTERS];
  UNROLL for (int t = 0; t < taps; t++) {
    x_at[t] = (const char *)x + tap[t];
    UNROLL for (int v = 0; v < columns; v++) octets[t][v] = wide_load(on(sums, t * g->sums_stride) + v * OCTET_FLOATS);
  }
  UNROLL for (int f = 0; f < columns * VECTOR_FILTERS; f++) dz_at[f] = filters[f];
  size_t offset = 0;
  for (const uint32_t *corner = g->corners; corner < g->corners_end; corner++, offset += PIXEL_BYTES) {
    UNROLL for (int v = 0; v < columns; v++) dz[v] = load_octets(dz_at, v, offset);
    UNROLL for (int t = 0; t < taps; t++) {
      const W pixel = load_octet(x_at[t] + *corner);
      UNROLL for (int v = 0; v < columns; v++) octets[t][v] = wide_madd(pixel, dz[v], octets[t][v]);
    }
  }
  UNROLL for (int t = 0; t < taps; t++) {
    UNROLL for (int v = 0; v < columns; v++) wide_store(on(sums, t * g->sums_stride) + v * OCTET_FLOATS, octets[t][v]);
  }
}

#define CORRELATE(taps) \
  NOINLINE void correlate##taps( \
      int columns, const struct correlation *g, const float *x, const uint32_t *tap, const char *const *filters, float *sums) { \
    if (columns == 1) correlate_tile(taps, 1, g, x, tap, filters, sums); \
    else if (columns == 2) correlate_tile(taps, 2, g, x, tap, filters, sums); \
    else if (columns == TILE_COLUMNS) correlate_tile(taps, TILE_COLUMNS, g, x, tap, filters, sums); \
    else correlate_tile(taps, 3 < TILE_COLUMNS ? 3 : 1, g, x, tap, filters, sums); \
  }
EACH_TAPS(CORRELATE)
#undef CORRELATE

static void correlate_taps(
    int32_t taps, int32_t columns, const struct correlation *g, const float *x, const uint32_t *tap, const char *const *filters,
    float *sums) {
#define CASE(taps) case taps: correlate##taps(columns, g, x, tap, filters, sums); break;
  switch (taps) { EACH_TAPS(CASE) }
#undef CASE
}

/** Adds db of `columns` vectors of filters, over the windows, in as many chains; beyond the last it is repeated. */
static void add_biases(int32_t columns, const struct correlation *g, const char *const *filters, float *sums) {
  W octets[TILE_COLUMNS];
  const char *at[TILE_COLUMNS * VECTOR_FILTERS];
  UNROLL for (int f = 0; f < TILE_COLUMNS * VECTOR_FILTERS; f++) at[f] = filters[smaller(f, columns * VECTOR_FILTERS - 1)];
  UNROLL for (int v = 0; v < TILE_COLUMNS; v++) octets[v] = wide_load(sums + smaller(v, columns - 1) * OCTET_FLOATS);
  const size_t bytes = (size_t)(g->corners_end - g->corners) * PIXEL_BYTES;
  for (size_t offset = 0; offset < bytes; offset += PIXEL_BYTES) {
    UNROLL for (int v = 0; v < TILE_COLUMNS; v++) octets[v] += load_octets(at, v, offset);
  }
  UNROLL for (int v = 0; v < TILE_COLUMNS; v++) {
    if (v < columns) wide_store(sums + v * OCTET_FLOATS, octets[v]);
  }
}

/** Adds some windows of one panel, for `filters` filters of a column panel, to the sums. */
static void correlate_windows(
    const struct windows *windows, const struct correlation *g, const float *x, const float *dz, int32_t filters, float *sums) {
  const int32_t taps = tap_count(windows), vectors = (filters + VECTOR_FILTERS - 1) / VECTOR_FILTERS;
  float *bias_sums = on(sums, taps * g->sums_stride);
  for (int32_t v = 0, columns; v < vectors; v += columns) {
    columns = even_height(vectors - v, TILE_COLUMNS);
    const char *rows[TILE_COLUMNS * VECTOR_FILTERS];
    for (int32_t f = 0; f < columns * VECTOR_FILTERS; f++) {
      // A filter beyond the last repeats it; `finish` clears what it adds up to.
      rows[f] = (const char *)dz + g->row_bytes * smaller(v * VECTOR_FILTERS + f, filters - 1);
    }
    for (int32_t t = 0, height; t < taps; t += height) {
      height = even_height(taps - t, TILE_TAPS);
      correlate_taps(height, columns, g, x, taps_of(windows) + t, rows, on(sums, t * g->sums_stride) + v * OCTET_FLOATS);
    }
    add_biases(columns, g, rows, bias_sums + v * OCTET_FLOATS);
  }
}

static void correlate_panel(
    const struct windows *windows, const float *x, const float *dz, int32_t filters, int32_t columns, float *sums) {
  const uint32_t *corners = corners_of(windows);
  const int32_t count = window_count(windows);
  for (int32_t half = 0; half < PIXEL_FLOATS; half += WIDE) {
    for (int32_t first = 0; first < count; first += BLOCK_WINDOWS) {
      const struct correlation g = {
          corners + first, corners + smaller(first + BLOCK_WINDOWS, count), (size_t)count * PIXEL_BYTES,
          (size_t)columns * PIXEL_BYTES};
      correlate_windows(windows, &g, x + half, dz + (size_t)first * PIXEL_FLOATS + half, filters, sums + half);
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

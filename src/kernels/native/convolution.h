// Two-dimensional convolution over batch panels, rows ordered (channel, y, x). Nothing is unrolled into columns: a tap is a byte
// offset from its window's corner, so that the loops read the image in place through two tables, of taps and of windows. A tile is
// some filters × some windows of one panel, whose sums rest in registers over all taps.
#ifndef TUTTI_CONVOLUTION_H
#define TUTTI_CONVOLUTION_H

#include "windows.h"

// The largest tile: 16 sums of 16 floats, 12 of 8 or 20 of 4. More sums of 16 would do no better: what they take to begin and to end
// is too long to overlap the tile before.
#if defined(TUTTI_AVX512)
enum { TILE_FILTERS = 8 };
#define EACH_FILTERS EACH_TO_8
#define TILE_PIXELS(filters) ((filters) > 4 ? 4 : 6)
#elif defined(TUTTI_AVX2)
enum { TILE_FILTERS = 6 };
#define EACH_FILTERS EACH_TO_6
#define TILE_PIXELS(filters) ((filters) > 4 ? 2 : 3)
#else
enum { TILE_FILTERS = 5 };
#define EACH_FILTERS EACH_TO_5
#define TILE_PIXELS(filters) 2
#endif
enum { MOST_PIXELS = TILE_PIXELS(1) };

/** What the tiles of one panel have in common. */
struct convolution {
  const uint32_t *taps, *corners;
  int32_t tap_count, window_count;
  float slope;
};

/** max(z, slope·z) of vector v of a filter's row of pixels. */
INLINE void store_pixels(float *row, int pixels, int v, W z, W slopes) {
  const W h = wide_pmax(z * slopes, z);
#ifdef TUTTI_AVX512
  if (pixels == 1) {
    store(row, low_half(h));
    return;
  }
#endif
  wide_store(row + v * WIDE, h);
}

/** `filters` × `pixels` windows from `first`. w at the first filter, weights of the next tap `stride` bytes on. */
INLINE void convolve_tile(
    int filters, int pixels, const struct convolution *g, const float *x, int32_t first, const float *w, size_t stride,
    const float *bias, float *out) {
  const char *at[MOST_PIXELS];
  UNROLL for (int p = 0; p < pixels; p++) at[p] = (const char *)x + g->corners[first + p];
  W sums[TILE_FILTERS][VECTORS(MOST_PIXELS)], pixel[VECTORS(MOST_PIXELS)];
  UNROLL for (int f = 0; f < filters; f++) {
    UNROLL for (int v = 0; v < VECTORS(pixels); v++) sums[f][v] = wide_splat(bias[f]);
  }
  for (const uint32_t *tap = g->taps, *end = tap + g->tap_count; tap < end; tap++, w = on(w, stride)) {
    UNROLL for (int v = 0; v < VECTORS(pixels); v++) pixel[v] = load_pixels(at, pixels, v, *tap);
    UNROLL for (int f = 0; f < filters; f++) {
      const W weight = wide_splat(w[f]);
      UNROLL for (int v = 0; v < VECTORS(pixels); v++) sums[f][v] = wide_madd(weight, pixel[v], sums[f][v]);
    }
  }
  const W slopes = wide_splat(g->slope);
  float *row = out + (size_t)first * PIXEL_FLOATS;
  UNROLL for (int f = 0; f < filters; f++, row += (size_t)g->window_count * PIXEL_FLOATS) {
    UNROLL for (int v = 0; v < VECTORS(pixels); v++) store_pixels(row, pixels, v, sums[f][v], slopes);
  }
}

/** All windows of `filters` filters. The last tile begins early enough to be a whole one: it computes some windows twice. */
INLINE void convolve_windows(
    int filters, int pixels, const struct convolution *g, const float *x, const float *w, size_t stride, const float *bias,
    float *out) {
  for (int32_t first = 0; first < g->window_count; first += pixels) {
    convolve_tile(filters, pixels, g, x, smaller(first, g->window_count - pixels), w, stride, bias, out);
  }
}

#define CONVOLVE(filters) \
  NOINLINE void convolve##filters( \
      const struct convolution *g, const float *x, const float *w, size_t stride, const float *bias, float *out) { \
    if (g->window_count >= TILE_PIXELS(filters)) convolve_windows(filters, TILE_PIXELS(filters), g, x, w, stride, bias, out); \
    else if (g->window_count > 1) convolve_windows(filters, 2, g, x, w, stride, bias, out); \
    else convolve_windows(filters, 1, g, x, w, stride, bias, out); \
  }
EACH_FILTERS(CONVOLVE)
#undef CONVOLVE

static void convolve_filters(
    int32_t filters, const struct convolution *g, const float *x, const float *w, size_t stride, const float *bias, float *out) {
#define CASE(filters) case filters: convolve##filters(g, x, w, stride, bias, out); break;
  switch (filters) { EACH_FILTERS(CASE) }
#undef CASE
}

static void convolve_panel(
    const struct convolution *g, const float *x, const float *w, int32_t filters, const float *bias, size_t bias_step, float *out) {
  const int32_t padded = round_up4(filters);
  for (int32_t first = 0; first < filters; first += PANEL_UNITS) {
    const int32_t width = smaller(PANEL_UNITS, padded - first);
    const int32_t end = smaller(PANEL_UNITS, filters - first);
    for (int32_t f = 0, height; f < end; f += height) {
      height = even_height(end - f, TILE_FILTERS);
      convolve_filters(height, g, x, w + f, (size_t)width * 4, bias, out);
      bias += bias_step * height;
      out += (size_t)(height * g->window_count) * PIXEL_FLOATS;
    }
    w += (size_t)width * g->tap_count;
  }
}

static void op_convolve(
    const struct windows *windows, float *x, size_t x_stride, int32_t panels, float *w, int32_t filters, int32_t has_bias,
    float *out, size_t out_stride, float slope, float *scratch) {
  const struct convolution g = {taps_of(windows), corners_of(windows), tap_count(windows), window_count(windows), slope};
  const float *bias = has_bias ? w + (size_t)g.tap_count * round_up4(filters) : windows->zeros;
  clear_padding_rows(out, out_stride, panels, filters * g.window_count);
  for (; panels > 0; panels--, x = on(x, x_stride), out = on(out, out_stride)) {
    convolve_panel(&g, with_margin(windows, x, scratch), w, filters, bias, has_bias ? 1 : 0, out);
  }
}

#endif

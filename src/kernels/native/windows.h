// Where the windows of a convolution or a pooling lie: the tables of the record that the program holds, and the zero margin
// around an image. A pixel is 8 examples, 32 bytes.
#ifndef TUTTI_WINDOWS_H
#define TUTTI_WINDOWS_H

#include "library.h"

#include "formats.h"
#include "lanes.h"

enum { PIXEL_FLOATS = 8, PIXEL_BYTES = 32 };

INLINE int32_t tap_count(const struct windows *g) { return g->channels * g->window_height * g->window_width; }
INLINE int32_t window_count(const struct windows *g) { return g->out_height * g->out_width; }
/** Byte offsets of the taps from their window's corner, in the order channel, y, x. */
INLINE const uint32_t *taps_of(const struct windows *g) { return (const uint32_t *)on(g, g->taps); }
/** Byte offsets of the windows' corners, row by row. */
INLINE const uint32_t *corners_of(const struct windows *g) { return (const uint32_t *)on(g, g->corners); }
INLINE size_t plane_bytes(const struct windows *g) { return (size_t)(g->height * g->width) * PIXEL_BYTES; }

/** x itself, or a copy of it with a margin of zeros at `scratch` where windows reach over the edge. */
static const float *with_margin(const struct windows *g, const float *x, float *scratch) {
  if (!g->image_bytes) return x;
  memset(scratch, 0, g->image_bytes);
  const int32_t rows = smaller(g->height, g->span_height - g->top);
  const size_t bytes = (size_t)smaller(g->width, g->span_width - g->left) * PIXEL_BYTES;
  for (int32_t c = 0; c < g->channels; c++) {
    for (int32_t y = 0; y < rows; y++) {
      const size_t to = (size_t)(c * g->span_height + g->top + y) * g->span_width + g->left;
      memcpy(scratch + to * PIXEL_FLOATS, x + (size_t)((c * g->height + y) * g->width) * PIXEL_FLOATS, bytes);
    }
  }
  return scratch;
}

// Tiles are functions of their own for each height: M(1) M(2) … for as many as there are.
#define EACH_TO_4(M) M(1) M(2) M(3) M(4)
#define EACH_TO_5(M) EACH_TO_4(M) M(5)
#define EACH_TO_6(M) EACH_TO_5(M) M(6)
#define EACH_TO_8(M) EACH_TO_6(M) M(7) M(8)

/** The height of the next tile when `rest` rows are left: as few tiles as can be, of heights as even as can be. */
INLINE int32_t even_height(int32_t rest, int32_t largest) {
  const int32_t tiles = (rest + largest - 1) / largest;
  return (rest + tiles - 1) / tiles;
}

// A W over pixels: two of them on AVX-512, one on AVX2, half of one on NEON.

/** Vectors that hold `pixels` pixels. */
#define VECTORS(pixels) (((pixels) * PIXEL_FLOATS + WIDE - 1) / WIDE)

/** Vector v of the pixels at `at`, each `offset` bytes on; what is left of a vector has the first pixel again. */
INLINE W load_pixels(const char *const *at, int pixels, int v, size_t offset) {
#ifdef TUTTI_AVX512
  return join(load(at[2 * v] + offset), load(at[2 * v + 1 < pixels ? 2 * v + 1 : 0] + offset));
#else
  (void)pixels;
  return wide_load(at[v * WIDE / PIXEL_FLOATS] + offset + v * WIDE % PIXEL_FLOATS * 4);
#endif
}

/** The vector itself, in a register: compilers read it from memory again at each use where that saves them one. */
INLINE W in_register(W a) {
#ifdef TUTTI_NEON
  __asm__("" : "+w"(a));
#else
  __asm__("" : "+v"(a));
#endif
  return a;
}

/** LANES floats of a row of vectors. */
INLINE V part_of(const W *row, int first) {
#ifdef TUTTI_AVX512
  return first % WIDE ? high_half(row[first / WIDE]) : low_half(row[first / WIDE]);
#else
  return row[first / WIDE];
#endif
}

#endif

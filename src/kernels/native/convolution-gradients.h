// The gradients of convolution.h: of the image, pixel by pixel, and of the weights, tap by tap.
#ifndef TUTTI_CONVOLUTION_GRADIENTS_H
#define TUTTI_CONVOLUTION_GRADIENTS_H

#include "convolution.h"

// Input gradient: a tile is one pixel of some channels and some panels, which all see it through the same windows. Its sums
// rest in registers over windows ascending and, inside, filters ascending.

#ifdef TUTTI_AVX512
enum { TILE_CHANNELS = 8, GROUP_PANELS = 4 };
#else
enum { TILE_CHANNELS = 6, GROUP_PANELS = 2 };
#endif

/** What the tiles of one channel tile and one group of panels have in common. */
struct transposed {
  const struct windows *windows;
  int32_t filters;
  /** [tap of a plane][filter][channel]. */
  const float *packed;
  const float *dz;
  size_t dz_stride;
  const float *h;
  float *dx;
  size_t dx_stride;
  float slope;
};

/** The windows, along one axis, that see a pixel: first ≤ window < end, the tap of the first and how far taps lie apart. */
struct range {
  int32_t first, end, tap;
};

INLINE struct range windows_that_see(int32_t pixel, int32_t stride, int32_t size, int32_t count) {
  const int32_t beyond = pixel - size + stride;
  const int32_t first = beyond > 0 ? beyond / stride : 0;
  return (struct range){first, smaller(pixel / stride + 1, count), pixel - first * stride};
}

/** `channels` × `panels` of the pixel (y, x) at `pixel`, floats from the panel. */
INLINE void transposed_tile(
    int channels, int panels, const struct transposed *g, struct range rows, struct range columns, size_t pixel) {
  const struct windows *windows = g->windows;
  const size_t filter_bytes = (size_t)window_count(windows) * PIXEL_BYTES;
  const char *at[GROUP_PANELS];
  UNROLL for (int p = 0; p < panels; p++) at[p] = (const char *)g->dz + p * g->dz_stride;
  W sums[TILE_CHANNELS][VECTORS(GROUP_PANELS)], dz[VECTORS(GROUP_PANELS)];
  UNROLL for (int c = 0; c < channels; c++) {
    UNROLL for (int v = 0; v < VECTORS(panels); v++) sums[c][v] = (W){0};
  }
  for (int32_t row = rows.first, tap_y = rows.tap; row < rows.end; row++, tap_y -= windows->stride_y) {
    for (int32_t column = columns.first, tap_x = columns.tap; column < columns.end; column++, tap_x -= windows->stride_x) {
      const float *w = g->packed + (size_t)((tap_y * windows->window_width + tap_x) * g->filters) * channels;
      size_t offset = (size_t)(row * windows->out_width + column) * PIXEL_BYTES;
      for (int32_t f = g->filters; f > 0; f--, w += channels, offset += filter_bytes) {
        UNROLL for (int v = 0; v < VECTORS(panels); v++) dz[v] = load_pixels(at, panels, v, offset);
        UNROLL for (int c = 0; c < channels; c++) {
          const W weight = wide_splat(w[c]);
          UNROLL for (int v = 0; v < VECTORS(panels); v++) sums[c][v] = wide_madd(weight, dz[v], sums[c][v]);
        }
      }
    }
  }
  const V slopes = splat(g->slope);
  const I change = gate_of(slopes);
  UNROLL for (int c = 0; c < channels; c++, pixel += plane_bytes(windows) / 4) {
    UNROLL for (int p = 0; p < panels; p++) {
      float *to = on(g->dx, p * g->dx_stride) + pixel;
      const float *h = on(g->h, p * g->dx_stride) + pixel;
      UNROLL for (int lane = 0; lane < PIXEL_FLOATS; lane += LANES) {
        const V sum = part_of(sums[c], p * PIXEL_FLOATS + lane);
        store(to + lane, g->slope == 1 ? sum : sum * gate(load(h + lane), slopes, change));
      }
    }
  }
}

INLINE void transposed_pixels(int channels, int panels, const struct transposed *g) {
  const struct windows *windows = g->windows;
  size_t pixel = 0;
  for (int32_t y = 0; y < windows->height; y++) {
    const struct range rows = windows_that_see(y + windows->top, windows->stride_y, windows->window_height, windows->out_height);
    for (int32_t x = 0; x < windows->width; x++, pixel += PIXEL_FLOATS) {
      const struct range columns = windows_that_see(x + windows->left, windows->stride_x, windows->window_width, windows->out_width);
      transposed_tile(channels, panels, g, rows, columns, pixel);
    }
  }
}

#define TRANSPOSED(channels) \
  NOINLINE void transposed##channels(const struct transposed *g, int32_t panels) { \
    if (panels == GROUP_PANELS) transposed_pixels(channels, GROUP_PANELS, g); \
    else if (panels > 1) transposed_pixels(channels, 2, g); \
    else transposed_pixels(channels, 1, g); \
  }
TRANSPOSED(1)
TRANSPOSED(2)
TRANSPOSED(3)
TRANSPOSED(4)
TRANSPOSED(5)
TRANSPOSED(6)
#ifdef TUTTI_AVX512
TRANSPOSED(7)
TRANSPOSED(8)
#endif
#undef TRANSPOSED

static void transposed_channels(int32_t channels, const struct transposed *g, int32_t panels) {
  switch (channels) {
  case 1: transposed1(g, panels); break;
  case 2: transposed2(g, panels); break;
  case 3: transposed3(g, panels); break;
  case 4: transposed4(g, panels); break;
  case 5: transposed5(g, panels); break;
#ifdef TUTTI_AVX512
  case 7: transposed7(g, panels); break;
  case 8: transposed8(g, panels); break;
#endif
  default: transposed6(g, panels);
  }
}

/** W (taps, filters) → [tap of a plane][filter][channel] of `channels` channels from `first`. */
static void pack_channels(const float *w, const struct windows *g, int32_t filters, int32_t first, int32_t channels, float *to) {
  const int32_t plane_taps = g->window_height * g->window_width, taps = tap_count(g), padded = round_up4(filters);
  for (int32_t tap = 0; tap < plane_taps; tap++) {
    for (int32_t f = 0; f < filters; f++) {
      const int32_t column = f - f % PANEL_UNITS, width = smaller(PANEL_UNITS, padded - column);
      const float *from = w + (size_t)column * taps + f - column;
      for (int32_t c = 0; c < channels; c++) *to++ = from[(size_t)((first + c) * plane_taps + tap) * width];
    }
  }
}

static void op_convolve_input_gradient(
    const struct windows *windows, float *dz, size_t dz_stride, int32_t panels, float *w, int32_t filters, float *h, float slope,
    float *dx, size_t dx_stride, float *scratch) {
  const int32_t channels = windows->channels;
  clear_padding_rows(dx, dx_stride, panels, channels * windows->height * windows->width);
  for (int32_t c = 0, height; c < channels; c += height) {
    height = even_height(channels - c, TILE_CHANNELS);
    pack_channels(w, windows, filters, c, height, scratch);
    const size_t plane = c * plane_bytes(windows);
    struct transposed g = {windows, filters, scratch, dz, dz_stride, on(h, plane), on(dx, plane), dx_stride, slope};
    for (int32_t rest = panels, some; rest > 0; rest -= some) {
      some = rest >= GROUP_PANELS ? GROUP_PANELS : rest > 1 ? 2 : 1;
      transposed_channels(height, &g, some);
      g.dz = on(g.dz, some * dz_stride), g.h = on(g.h, some * dx_stride), g.dx = on(g.dx, some * dx_stride);
    }
  }
}

// Weight gradient: every lane of an octet of examples is a sum of its own over all panels and windows, and nothing is transposed.
// A tile is some taps × some filters over all windows of a panel; octets are added up once, when every panel is done, and a column
// panel goes to the update at once. Scratch behind the image: f32[taps][width][8 lanes], then f32[width][8 lanes] for the biases.


/** A W holds the octets of two filters, of one, or half of one: then the tiles run over both halves. */
#ifdef TUTTI_AVX512
enum { VECTOR_FILTERS = 2 };
#else
enum { VECTOR_FILTERS = 1 };
#endif
enum { OCTET_FLOATS = VECTOR_FILTERS * PIXEL_FLOATS };
#ifdef TUTTI_AVX2
enum { TILE_TAPS = 6, TILE_COLUMNS = 2 };
#else
enum { TILE_TAPS = 6, TILE_COLUMNS = 4 };
#endif
/** Windows whose x and dz stay in the first-level cache from tile to tile. */
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
    int taps, int columns, const struct correlation *g, const float *x, const uint32_t *tap, const char *const *filters, float *sums) {
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
CORRELATE(1)
CORRELATE(2)
CORRELATE(3)
CORRELATE(4)
CORRELATE(5)
CORRELATE(6)
#undef CORRELATE

static void correlate_taps(
    int32_t taps, int32_t columns, const struct correlation *g, const float *x, const uint32_t *tap, const char *const *filters,
    float *sums) {
  switch (taps) {
  case 1: correlate1(columns, g, x, tap, filters, sums); break;
  case 2: correlate2(columns, g, x, tap, filters, sums); break;
  case 3: correlate3(columns, g, x, tap, filters, sums); break;
  case 4: correlate4(columns, g, x, tap, filters, sums); break;
  case 5: correlate5(columns, g, x, tap, filters, sums); break;
  default: correlate6(columns, g, x, tap, filters, sums);
  }
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
    add_biases(columns, g, rows, bias_sums + v * OCTET_FLOATS);
    for (int32_t t = 0, height; t < taps; t += height) {
      height = even_height(taps - t, TILE_TAPS);
      correlate_taps(height, columns, g, x, taps_of(windows) + t, rows, on(sums, t * g->sums_stride) + v * OCTET_FLOATS);
    }
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
  const Quad ab = __builtin_shufflevector(a, b, 0, 4, 1, 5) + __builtin_shufflevector(a, b, 2, 6, 3, 7);
  const Quad cd = __builtin_shufflevector(c, d, 0, 4, 1, 5) + __builtin_shufflevector(c, d, 2, 6, 3, 7);
  return __builtin_shufflevector(ab, cd, 0, 1, 4, 5) + __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
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

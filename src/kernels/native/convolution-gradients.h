// The gradients of convolution.h: of the image, pixel by pixel, and of the weights, tap by tap.
#ifndef TUTTI_CONVOLUTION_GRADIENTS_H
#define TUTTI_CONVOLUTION_GRADIENTS_H

#include "convolution.h"

// Input gradient: a tile is one pixel of some channels and some panels, which all see it through the same windows. Its sums
// rest in registers over windows ascending and, inside, filters ascending. Gradients of outputs are repacked row by row and
// weights at the start, so that both are read one after the other. Scratch: the weights, then the rows of windows in use.

#if defined(TUTTI_AVX512)
enum { TILE_CHANNELS = 8, GROUP_PANELS = 4 };
#define EACH_CHANNELS EACH_TO_8
#elif defined(TUTTI_AVX2)
enum { TILE_CHANNELS = 6, GROUP_PANELS = 2 };
#define EACH_CHANNELS EACH_TO_6
#else
enum { TILE_CHANNELS = 5, GROUP_PANELS = 2 };
#define EACH_CHANNELS EACH_TO_5
#endif

/** The windows, along one axis, that see a pixel: first ≤ window < end; `tap` is where the first of them sees it. */
struct range {
  int32_t first, end, tap;
};

/** How many strides a length holds; most are 1, and a division takes its time. */
INLINE int32_t strides_in(int32_t length, int32_t stride) { return stride == 1 ? length : length / stride; }

INLINE struct range windows_that_see(int32_t pixel, int32_t stride, int32_t size, int32_t count) {
  const int32_t beyond = pixel - size + stride;
  const int32_t first = beyond > 0 ? strides_in(beyond, stride) : 0;
  return (struct range){first, smaller(strides_in(pixel, stride) + 1, count), pixel - first * stride};
}

/** One row of pixels of some channels and one group of panels, dx and h at its first pixel. */
struct pixel_row {
  const struct windows *windows;
  int32_t filters;
  struct range rows;
  /** Where the first of them is among the rows of dz. */
  int32_t slot;
  /** [tap of a plane, in the order of `place_of_tap`][filter][channel]. */
  const float *w;
  /** [window row modulo windowHeight][window][filter][vectors of the group]. */
  const float *dz;
  const float *h;
  float *dx;
  size_t dx_stride;
  float slope;
};

/** Where a tap of a row of the window lies among the others: those by which one pixel is seen side by side, the last first. */
INLINE int32_t place_of_tap(const struct windows *g, int32_t tap) {
  const int32_t turns = strides_in(g->window_width, g->stride_x), rest = g->window_width - turns * g->stride_x;
  const int32_t turn = strides_in(tap, g->stride_x), phase = tap - turn * g->stride_x;
  return phase * turns + smaller(phase, rest) + turns - (phase >= rest) - turn;
}

INLINE void store_pixel(
    int gated, int channels, int panels, const struct pixel_row *g, int32_t x, W sums[][VECTORS(GROUP_PANELS)]) {
  const V slopes = splat(g->slope);
  const size_t plane = plane_bytes(g->windows), stride = g->dx_stride;
  float *dx = g->dx + (size_t)x * PIXEL_FLOATS;
  const float *h = g->h + (size_t)x * PIXEL_FLOATS;
  UNROLL for (int c = 0; c < channels; c++, dx = on(dx, plane), h = on(h, plane)) {
    UNROLL for (int p = 0; p < panels; p++) {
      UNROLL for (int lane = 0; lane < PIXEL_FLOATS; lane += LANES) {
        const V sum = part_of(sums[c], p * PIXEL_FLOATS + lane);
        store(on(dx, p * stride) + lane, gated ? choose(load(on(h, p * stride) + lane) > 0, sum, sum * slopes) : sum);
      }
    }
  }
}

/** `channels` × `panels` of pixel x of the row. */
INLINE void transposed_tile(int channels, int panels, const struct pixel_row *g, int32_t x) {
  const struct windows *windows = g->windows;
  const struct range columns =
      windows_that_see(x + windows->left, windows->stride_x, windows->window_width, windows->out_width);
  const int32_t place = place_of_tap(windows, columns.tap);
  W sums[TILE_CHANNELS][VECTORS(GROUP_PANELS)], gradient[VECTORS(GROUP_PANELS)];
  UNROLL for (int c = 0; c < channels; c++) {
    UNROLL for (int v = 0; v < VECTORS(panels); v++) sums[c][v] = (W){0};
  }
  int32_t slot = g->slot, tap = g->rows.tap;
  for (int32_t row = g->rows.first; row < g->rows.end; row++, tap -= windows->stride_y) {
    const float *w = g->w + (size_t)((tap * windows->window_width + place) * g->filters) * channels;
    const size_t first = (size_t)(slot * windows->out_width + columns.first) * g->filters;
    slot = slot + 1 < windows->window_height ? slot + 1 : 0;
    const float *dz = g->dz + first * VECTORS(panels) * WIDE;
    for (int32_t rest = (columns.end - columns.first) * g->filters; rest > 0; rest--, w += channels, dz += VECTORS(panels) * WIDE) {
      UNROLL for (int v = 0; v < VECTORS(panels); v++) gradient[v] = wide_load(dz + v * WIDE);
      UNROLL for (int c = 0; c < channels; c++) {
        const W weight = wide_splat(w[c]);
        UNROLL for (int v = 0; v < VECTORS(panels); v++) sums[c][v] = wide_madd(weight, gradient[v], sums[c][v]);
      }
    }
  }
  if (g->slope == 1) store_pixel(0, channels, panels, g, x, sums);
  else store_pixel(1, channels, panels, g, x, sums);
}

INLINE void transposed_row(int channels, int panels, const struct pixel_row *g) {
  for (int32_t x = 0; x < g->windows->width; x++) transposed_tile(channels, panels, g, x);
}

#define TRANSPOSED(channels) \
  NOINLINE void transposed##channels(const struct pixel_row *g, int32_t panels) { \
    if (panels == GROUP_PANELS) transposed_row(channels, GROUP_PANELS, g); \
    else if (panels > 1) transposed_row(channels, 2, g); \
    else transposed_row(channels, 1, g); \
  }
EACH_CHANNELS(TRANSPOSED)
#undef TRANSPOSED

static void transposed_channels(int32_t channels, const struct pixel_row *g, int32_t panels) {
#define CASE(channels) case channels: transposed##channels(g, panels); break;
  switch (channels) { EACH_CHANNELS(CASE) }
#undef CASE
}

/** Repacks the windows of a row, of all filters and `panels` panels, to `to`: [window][filter][vectors]. */
INLINE void pack_windows(
    int panels, const struct windows *g, int32_t row, int32_t filters, const float *dz, size_t dz_stride, float *to) {
  const size_t step = (size_t)filters * VECTORS(panels) * WIDE;
  const char *at[GROUP_PANELS];
  for (int32_t f = 0; f < filters; f++, to += VECTORS(panels) * WIDE) {
    const float *from = dz + (size_t)(f * window_count(g) + row * g->out_width) * PIXEL_FLOATS;
    UNROLL for (int p = 0; p < panels; p++) at[p] = (const char *)on(from, p * dz_stride);
    for (int32_t window = 0; window < g->out_width; window++) {
      UNROLL for (int v = 0; v < VECTORS(panels); v++) {
        wide_store(to + window * step + v * WIDE, load_pixels(at, panels, v, (size_t)window * PIXEL_BYTES));
      }
    }
  }
}

/** Repacks rows `row` … `end` − 1 of windows to their places; returns `end`. */
static int32_t pack_rows(
    int32_t row, int32_t end, int32_t panels, const struct windows *g, int32_t filters, const float *dz, size_t dz_stride,
    float *to) {
  for (; row < end; row++) {
    const size_t windows = (size_t)(row % g->window_height * g->out_width) * filters;
    if (panels == GROUP_PANELS) pack_windows(GROUP_PANELS, g, row, filters, dz, dz_stride, to + windows * VECTORS(GROUP_PANELS) * WIDE);
    else if (panels > 1) pack_windows(2, g, row, filters, dz, dz_stride, to + windows * VECTORS(2) * WIDE);
    else pack_windows(1, g, row, filters, dz, dz_stride, to + windows * VECTORS(1) * WIDE);
  }
  return row;
}

/** W (taps, filters) → for each tile of channels, one after the other, [tap of a plane][filter][channel]. */
static void pack_weights(const float *w, const struct windows *g, int32_t filters, float *to) {
  const int32_t plane = g->window_height * g->window_width, taps = tap_count(g), padded = round_up4(filters);
  for (int32_t first = 0, channels; first < g->channels; first += channels) {
    channels = even_height(g->channels - first, TILE_CHANNELS);
    for (int32_t tap = 0; tap < plane; tap++) {
      const int32_t x = tap % g->window_width, place = tap - x + place_of_tap(g, x);
      float *tile = to + (size_t)(first * plane + place * channels) * filters;
      for (int32_t f = 0; f < filters; f++) {
        const int32_t column = f - f % PANEL_UNITS, width = smaller(PANEL_UNITS, padded - column);
        const float *from = w + (size_t)column * taps + f - column;
        for (int32_t c = 0; c < channels; c++) *tile++ = from[(size_t)((first + c) * plane + tap) * width];
      }
    }
  }
}

/** All pixels of one group of panels; scratch as above. */
static void transposed_group(
    const struct windows *windows, int32_t filters, const float *dz, size_t dz_stride, int32_t panels, const float *h, float slope,
    float *dx, size_t dx_stride, float *scratch) {
  const int32_t plane = windows->window_height * windows->window_width;
  float *packed = scratch + ((size_t)tap_count(windows) * filters + 15) / 16 * 16;
  for (int32_t y = 0, row = 0; y < windows->height; y++) {
    const struct range rows =
        windows_that_see(y + windows->top, windows->stride_y, windows->window_height, windows->out_height);
    row = pack_rows(row, rows.end, panels, windows, filters, dz, dz_stride, packed);
    const size_t row_bytes = (size_t)(y * windows->width) * PIXEL_BYTES;
    for (int32_t c = 0, height; c < windows->channels; c += height) {
      height = even_height(windows->channels - c, TILE_CHANNELS);
      const size_t at = c * plane_bytes(windows) + row_bytes;
      const struct pixel_row g = {
          windows, filters, rows, rows.first % windows->window_height, scratch + (size_t)(c * plane) * filters, packed, on(h, at), on(dx, at), dx_stride, slope};
      transposed_channels(height, &g, panels);
    }
  }
}

static void op_convolve_input_gradient(
    const struct windows *windows, float *dz, size_t dz_stride, int32_t panels, float *w, int32_t filters, float *h, float slope,
    float *dx, size_t dx_stride, float *scratch) {
  clear_padding_rows(dx, dx_stride, panels, windows->channels * windows->height * windows->width);
  pack_weights(w, windows, filters, scratch);
  for (int32_t some; panels > 0; panels -= some) {
    some = panels >= GROUP_PANELS ? GROUP_PANELS : panels > 1 ? 2 : 1;
    transposed_group(windows, filters, dz, dz_stride, some, h, slope, dx, dx_stride, scratch);
    dz = on(dz, some * dz_stride), h = on(h, some * dx_stride), dx = on(dx, some * dx_stride);
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

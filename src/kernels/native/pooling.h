// Max and average pooling over batch panels, rows ordered (channel, y, x), windows inside the image. Max pooling notes per output
// and example which tap it took, so that its gradient, and its linear part at the same point, need not look at the image again; the
// sign bit of the note says that the maximum was not above zero, which is all the slope of the activation below needs to know.
#ifndef TUTTI_POOLING_H
#define TUTTI_POOLING_H

#include "windows.h"

enum { NOT_POSITIVE = INT32_MIN };

/** Taps of a window in one channel. */
INLINE int32_t plane_taps(const struct windows *g) { return g->window_height * g->window_width; }

/** Calls `tile(pixels, first)` for every window: so many at once as fill a vector, the last of them again where they do not. */
#ifdef TUTTI_AVX512
#define EACH_WINDOW(tile, count) \
  if ((count) == 1) tile(1, 0); \
  else for (int32_t first = 0; first < (count); first += 2) tile(2, smaller(first, (count) - 2))
#else
#define EACH_WINDOW(tile, count) for (int32_t first = 0; first < (count); first++) tile(1, first)
#endif

/** Stores a row of vectors that hold `pixels` pixels. */
INLINE void store_row(float *to, int pixels, const W *row) {
  UNROLL for (int lane = 0; lane < pixels * PIXEL_FLOATS; lane += WIDE) {
    if (lane + WIDE <= pixels * PIXEL_FLOATS) wide_store(to + lane, row[lane / WIDE]);
    else store(to + lane, part_of(row, lane));
  }
}

// Vectors of two pixels at most.
enum { ROW_VECTORS = VECTORS(2) };

INLINE void corners_at(const char **at, int pixels, const struct windows *g, const float *x, int32_t first) {
  UNROLL for (int p = 0; p < pixels; p++) at[p] = (const char *)x + corners_of(g)[first + p];
}

/** The largest tap of some windows, and which one it was. A tap takes the place of the largest so far if it is above it, or NaN. */
INLINE void max_tile(int pixels, const struct windows *g, const float *x, float *out, int32_t *choice, int32_t first) {
  const char *at[2];
  corners_at(at, pixels, g, x, first);
  W largest[ROW_VECTORS];
  J taken[ROW_VECTORS];
  UNROLL for (int v = 0; v < VECTORS(pixels); v++) largest[v] = load_pixels(at, pixels, v, 0), taken[v] = (J){0};
  const uint32_t *taps = taps_of(g);
  for (int32_t tap = 1, count = plane_taps(g); tap < count; tap++) {
    UNROLL for (int v = 0; v < VECTORS(pixels); v++) {
      const W value = load_pixels(at, pixels, v, taps[tap]);
      const J above = (value > largest[v]) | (value != value);
      largest[v] = wide_choose(above, value, largest[v]);
      taken[v] = (J)wide_choose(above, (W)wide_splat_int(tap), (W)taken[v]);
    }
  }
  store_row(out + (size_t)first * PIXEL_FLOATS, pixels, largest);
  if (!choice) return;
  W notes[ROW_VECTORS];
  UNROLL for (int v = 0; v < VECTORS(pixels); v++) notes[v] = (W)(taken[v] | ((largest[v] <= 0) & NOT_POSITIVE));
  store_row((float *)choice + (size_t)first * PIXEL_FLOATS, pixels, notes);
}

/** `pool(from, to)` of every channel of every panel: where it lies, and the byte offset in `out` of what comes of it. */
#define EACH_CHANNEL(pool, g, x, x_stride, panels, out, out_stride) \
  clear_padding_rows(out, out_stride, panels, (g)->channels * window_count(g)); \
  for (int32_t p = 0; p < (panels); p++) { \
    for (int32_t c = 0; c < (g)->channels; c++) { \
      pool(on(x, p * (x_stride) + c * plane_bytes(g)), p * (out_stride) + c * (size_t)window_count(g) * PIXEL_BYTES); \
    } \
  }

static void max_channel(const struct windows *g, const float *x, float *out, int32_t *choice) {
  const int32_t count = window_count(g);
#define TILE(pixels, first) max_tile(pixels, g, x, out, choice, first)
  EACH_WINDOW(TILE, count);
#undef TILE
}

static void op_max_pool(
    const struct windows *windows, float *x, size_t x_stride, int32_t panels, float *out, size_t out_stride, int32_t *choice,
    float *scratch) {
  (void)scratch;
#define POOL(from, to) max_channel(windows, from, on(out, to), choice ? (int32_t *)on(choice, to) : NULL)
  EACH_CHANNEL(POOL, windows, x, x_stride, panels, out, out_stride)
#undef POOL
}

/** One channel: out = the tap of x that `choice` names. */
static void choose_channel(const struct windows *g, const float *x, float *out, const int32_t *choice) {
  const uint32_t *taps = taps_of(g), *corners = corners_of(g);
  const int32_t count = plane_taps(g), floats = window_count(g) * PIXEL_FLOATS;
  for (int32_t i = 0; i < floats; i += LANES) {
    const float *from = on(x, corners[i / PIXEL_FLOATS]) + i % PIXEL_FLOATS;
    const I taken = load_ints(choice + i) & ~NOT_POSITIVE;
    I value = {0};
    for (int32_t tap = 0; tap < count; tap++) value |= (I)load(on(from, taps[tap])) & (taken == tap);
    store(out + i, (V)value);
  }
}

static void op_max_pool_chosen(
    const struct windows *windows, float *x, size_t x_stride, int32_t panels, float *out, size_t out_stride, int32_t *choice,
    float *scratch) {
  (void)scratch;
#define POOL(from, to) choose_channel(windows, from, on(out, to), (const int32_t *)on(choice, to))
  EACH_CHANNEL(POOL, windows, x, x_stride, panels, out, out_stride)
#undef POOL
}

/** Whether no two windows share a pixel: then a gradient need not be read to be added to. */
INLINE int are_apart(const struct windows *g) { return g->stride_y >= g->window_height && g->stride_x >= g->window_width; }

/** Zeros for every pixel of a panel's gradient, except where each is written by the one window that sees it. */
static void clear_gradient(const struct windows *g, float *dx) {
  const int covers = g->stride_y == g->window_height && g->stride_x == g->window_width &&
      g->out_height * g->stride_y == g->height && g->out_width * g->stride_x == g->width;
  if (!covers) memset(dx, 0, plane_bytes(g) * g->channels);
}

/** One channel: adds dz of every window, times the slope where the maximum was not positive, to its tap. */
INLINE void max_channel_gradient(
    int apart, const struct windows *g, const float *dz, const int32_t *choice, float slope, float *dx) {
  const uint32_t *taps = taps_of(g), *corners = corners_of(g);
  const int32_t count = plane_taps(g), floats = window_count(g) * PIXEL_FLOATS;
  const V one = splat(1), slopes = splat(slope);
  for (int32_t i = 0; i < floats; i += LANES) {
    float *to = on(dx, corners[i / PIXEL_FLOATS]) + i % PIXEL_FLOATS;
    const I note = load_ints(choice + i), taken = note & ~NOT_POSITIVE;
    // What is added to +0 never gives −0.
    const V gradient = load(dz + i) * choose(note >> 31, slopes, one) + 0.0f;
    for (int32_t tap = 0; tap < count; tap++) {
      float *at = on(to, taps[tap]);
      const V share = keep_where(gradient, taken == tap);
      store(at, apart ? share : load(at) + share);
    }
  }
}

static void op_max_pool_input_gradient(
    const struct windows *windows, float *dz, size_t dz_stride, int32_t panels, int32_t *choice, float slope, float *dx,
    size_t dx_stride, float *scratch) {
  const size_t plane = plane_bytes(windows), out_plane = (size_t)window_count(windows) * PIXEL_BYTES;
  const int32_t channels = windows->channels;
  (void)scratch;
  clear_padding_rows(dx, dx_stride, panels, channels * windows->height * windows->width);
  for (int32_t p = 0; p < panels; p++) {
    clear_gradient(windows, on(dx, p * dx_stride));
    for (int32_t c = 0; c < channels; c++) {
      const float *from = on(dz, p * dz_stride + c * out_plane);
      const int32_t *notes = (const int32_t *)on(choice, p * dz_stride + c * out_plane);
      float *to = on(dx, p * dx_stride + c * plane);
      if (are_apart(windows)) max_channel_gradient(1, windows, from, notes, slope, to);
      else max_channel_gradient(0, windows, from, notes, slope, to);
    }
  }
}

/** One channel: the mean of some windows. */
INLINE void mean_tile(int pixels, const struct windows *g, const float *x, float *out, W share, int32_t first) {
  const char *at[2];
  corners_at(at, pixels, g, x, first);
  W sums[ROW_VECTORS] = {{0}};
  for (const uint32_t *tap = taps_of(g), *end = tap + plane_taps(g); tap < end; tap++) {
    UNROLL for (int v = 0; v < VECTORS(pixels); v++) sums[v] += load_pixels(at, pixels, v, *tap);
  }
  UNROLL for (int v = 0; v < VECTORS(pixels); v++) sums[v] *= share;
  store_row(out + (size_t)first * PIXEL_FLOATS, pixels, sums);
}

static void mean_channel(const struct windows *g, const float *x, float *out, W share) {
  const int32_t count = window_count(g);
#define TILE(pixels, first) mean_tile(pixels, g, x, out, share, first)
  EACH_WINDOW(TILE, count);
#undef TILE
}

static void op_average_pool(
    const struct windows *windows, float *x, size_t x_stride, int32_t panels, float *out, size_t out_stride, float *scratch) {
  const W share = wide_splat(1.0f / (float)plane_taps(windows));
  (void)scratch;
#define POOL(from, to) mean_channel(windows, from, on(out, to), share)
  EACH_CHANNEL(POOL, windows, x, x_stride, panels, out, out_stride)
#undef POOL
}

/** dx *= (h > 0 ? 1 : slope); h is the layer's input. */
static void apply_slope(float *dx, const float *h, size_t bytes, float slope) {
  const V slopes = splat(slope);
  const I change = gate_of(slopes);
  for (size_t i = 0; i < bytes / 4; i += LANES) store(dx + i, load(dx + i) * gate(load(h + i), slopes, change));
}

/** One channel: adds an equal share of dz to every tap of its window; where windows are apart, times the gate of h. */
INLINE void mean_channel_gradient(
    int apart, int gated, const struct windows *g, const float *dz, const float *h, float slope, float *dx) {
  const uint32_t *taps = taps_of(g), *corners = corners_of(g);
  const int32_t count = plane_taps(g), floats = window_count(g) * PIXEL_FLOATS;
  const V share = splat(1.0f / (float)count), slopes = splat(slope);
  const I change = gate_of(slopes);
  for (int32_t i = 0; i < floats; i += LANES) {
    const size_t corner = corners[i / PIXEL_FLOATS] + i % PIXEL_FLOATS * 4;
    const V gradient = load(dz + i) * share + 0.0f;
    for (int32_t tap = 0; tap < count; tap++) {
      const size_t at = corner + taps[tap];
      if (!apart) store(on(dx, at), load(on(dx, at)) + gradient);
      else store(on(dx, at), gated ? gradient * gate(load(on(h, at)), slopes, change) : gradient);
    }
  }
}

static void op_average_pool_input_gradient(
    const struct windows *windows, float *dz, size_t dz_stride, int32_t panels, float *h, float slope, float *dx, size_t dx_stride,
    float *scratch) {
  const size_t plane = plane_bytes(windows), out_plane = (size_t)window_count(windows) * PIXEL_BYTES;
  const int32_t channels = windows->channels, apart = are_apart(windows);
  (void)scratch;
  clear_padding_rows(dx, dx_stride, panels, channels * windows->height * windows->width);
  for (int32_t p = 0; p < panels; p++) {
    clear_gradient(windows, on(dx, p * dx_stride));
    for (int32_t c = 0; c < channels; c++) {
      const float *from = on(dz, p * dz_stride + c * out_plane), *gate_at = on(h, p * dx_stride + c * plane);
      float *to = on(dx, p * dx_stride + c * plane);
      if (!apart) mean_channel_gradient(0, 0, windows, from, gate_at, slope, to);
      else if (slope != 1) mean_channel_gradient(1, 1, windows, from, gate_at, slope, to);
      else mean_channel_gradient(1, 0, windows, from, gate_at, slope, to);
    }
    if (!apart && slope != 1) apply_slope(on(dx, p * dx_stride), on(h, p * dx_stride), plane * channels, slope);
  }
}

#endif

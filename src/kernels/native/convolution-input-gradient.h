// Gradients of convolutions' images. A tile is one pixel of some channels and some panels, which the same windows see in all of
// them. Its sums rest in registers over windows ascending and, inside, filters ascending. Gradients of outputs are repacked row by
// row and weights at the start, so that both are read one after the other; no window reaches beyond the image then. Scratch: the
// weights, then the rows of windows in use.
#ifndef TUTTI_CONVOLUTION_INPUT_GRADIENT_H
#define TUTTI_CONVOLUTION_INPUT_GRADIENT_H

#include "windows.h"

// Panels are taken in groups of 1, 2, 4 or 8: more where there are few channels, whose sums would wait for one another.
#if defined(TUTTI_AVX512)
enum { TILE_CHANNELS = 8 };
#define EACH_CHANNELS EACH_TO_8
#define GROUP_PANELS(channels) ((channels) > 3 ? 4 : 8)
#define EACH_GROUP(M) M(1) M(2) M(4) M(8)
#elif defined(TUTTI_AVX2)
enum { TILE_CHANNELS = 6 };
#define EACH_CHANNELS EACH_TO_6
#define GROUP_PANELS(channels) ((channels) > 2 ? 2 : 4)
#define EACH_GROUP(M) M(1) M(2) M(4)
#else
enum { TILE_CHANNELS = 5 };
#define EACH_CHANNELS EACH_TO_5
#define GROUP_PANELS(channels) ((channels) > 2 ? 2 : 4)
#define EACH_GROUP(M) M(1) M(2) M(4)
#endif
enum { MOST_PANELS = GROUP_PANELS(1) };

/**
 * How windows cover one axis. A pixel is told by its turn and its phase, its distance from the edge of the margin divided by the
 * stride: `turns` taps of a window meet pixels of a phase, one more where the phase is below `rest`.
 */
struct axis {
  int32_t turns, rest, count;
};

INLINE struct axis axis_of(int32_t size, int32_t stride, int32_t count) {
  return (struct axis){size / stride, size % stride, count};
}

/** Taps of one axis are packed phase by phase, the last of a phase first: here those of the phase begin. */
INLINE int32_t taps_before(struct axis axis, int32_t phase) { return phase * axis.turns + smaller(phase, axis.rest); }

/** The windows that see a pixel, first ≤ window < end, and the place of the tap by which the first of them does. */
struct sight {
  int32_t first, end, place;
};

INLINE struct sight sight_of(struct axis axis, int32_t turn, int32_t phase) {
  const int32_t beyond = turn + 1 - axis.turns - (phase < axis.rest), first = beyond > 0 ? beyond : 0;
  return (struct sight){first, smaller(turn + 1, axis.count), taps_before(axis, phase) + first - beyond};
}

/** One row of pixels of some channels and one group of panels, dx and h at its first pixel. */
struct pixel_row {
  const struct windows *windows;
  struct axis columns;
  int32_t filters;
  struct sight rows;
  /** Where the first of them is among the rows of dz. */
  int32_t slot;
  /** [tap of a plane, in the order of `taps_before`][filter][channel]. */
  const float *w;
  /** [window row modulo windowHeight][window][filter][vectors of the group]. */
  const float *dz;
  const float *h;
  float *dx;
  size_t dx_stride;
  float slope;
};

INLINE void store_pixel(int gated, int channels, int panels, const struct pixel_row *g, int32_t x, W sums[][VECTORS(MOST_PANELS)]) {
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
INLINE void transposed_tile(int channels, int panels, const struct pixel_row *g, struct sight columns, int32_t x) {
  const int32_t width = g->windows->window_width, height = g->windows->window_height, out_width = g->windows->out_width;
  W sums[TILE_CHANNELS][VECTORS(MOST_PANELS)], gradient[VECTORS(MOST_PANELS)];
  UNROLL for (int c = 0; c < channels; c++) {
    UNROLL for (int v = 0; v < VECTORS(panels); v++) sums[c][v] = (W){0};
  }
  const float *taps = g->w + (size_t)((g->rows.place * width + columns.place) * g->filters) * channels;
  int32_t slot = g->slot;
  for (int32_t row = g->rows.first; row < g->rows.end; row++, taps += (size_t)(width * g->filters) * channels) {
    const float *w = taps, *dz = g->dz + (size_t)((slot * out_width + columns.first) * g->filters) * VECTORS(panels) * WIDE;
    slot = slot + 1 < height ? slot + 1 : 0;
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
  const int32_t stride = g->windows->stride_x, width = g->windows->width;
  int32_t turn = g->windows->left / stride, phase = g->windows->left % stride;
  for (int32_t x = 0; x < width; x++) {
    transposed_tile(channels, panels, g, sight_of(g->columns, turn, phase), x);
    if (++phase == stride) turn++, phase = 0;
  }
}

#define TRANSPOSED(channels) \
  NOINLINE void transposed##channels(const struct pixel_row *g, int32_t panels) { \
    if (panels == GROUP_PANELS(channels)) transposed_row(channels, GROUP_PANELS(channels), g); \
    else if (panels == 4 && GROUP_PANELS(channels) > 4) transposed_row(channels, 4, g); \
    else if (panels == 2) transposed_row(channels, 2, g); \
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
  const int32_t out_width = g->out_width;
  const char *at[MOST_PANELS];
  for (int32_t f = 0; f < filters; f++, to += VECTORS(panels) * WIDE) {
    const float *from = dz + (size_t)(f * window_count(g) + row * out_width) * PIXEL_FLOATS;
    UNROLL for (int p = 0; p < panels; p++) at[p] = (const char *)on(from, p * dz_stride);
    for (int32_t window = 0; window < out_width; window++) {
      UNROLL for (int v = 0; v < VECTORS(panels); v++) {
        wide_store(to + window * step + v * WIDE, load_pixels(at, panels, v, (size_t)window * PIXEL_BYTES));
      }
    }
  }
}

/** Repacks rows `row` … `end` − 1 of windows to their places; returns what is not yet packed. */
static int32_t pack_rows(
    int32_t row, int32_t end, int32_t panels, const struct windows *g, int32_t filters, const float *dz, size_t dz_stride,
    float *to) {
  for (; row < end; row++) {
    const size_t before = (size_t)(row % g->window_height * g->out_width) * filters;
#define CASE(panels) case panels: pack_windows(panels, g, row, filters, dz, dz_stride, to + before * VECTORS(panels) * WIDE); break;
    switch (panels) { EACH_GROUP(CASE) }
#undef CASE
  }
  return row;
}

/** W (taps, filters) → for each tile of channels, one after the other, [tap of a plane][filter][channel]. */
static void pack_weights(const float *w, const struct windows *g, int32_t filters, float *to) {
  const int32_t plane = g->window_height * g->window_width, taps = tap_count(g), padded = round_up4(filters);
  const struct axis rows = axis_of(g->window_height, g->stride_y, 0), columns = axis_of(g->window_width, g->stride_x, 0);
  for (int32_t first = 0, channels; first < g->channels; first += channels) {
    channels = even_height(g->channels - first, TILE_CHANNELS);
    for (int32_t y = 0; y < g->window_height; y++) {
      for (int32_t x = 0; x < g->window_width; x++) {
        const int32_t row = sight_of(rows, y / g->stride_y, y % g->stride_y).place;
        const int32_t column = sight_of(columns, x / g->stride_x, x % g->stride_x).place;
        float *tile = to + (size_t)(first * plane + (row * g->window_width + column) * channels) * filters;
        for (int32_t f = 0; f < filters; f++) {
          const int32_t panel = f - f % PANEL_UNITS, width = smaller(PANEL_UNITS, padded - panel);
          const float *from = w + (size_t)panel * taps + f - panel;
          for (int32_t c = 0; c < channels; c++) {
            *tile++ = from[(size_t)((first + c) * plane + y * g->window_width + x) * width];
          }
        }
      }
    }
  }
}

/** All pixels of one group of panels; scratch as above. */
static void transposed_group(
    const struct windows *windows, int32_t filters, const float *dz, size_t dz_stride, int32_t panels, const float *h, float slope,
    float *dx, size_t dx_stride, float *scratch) {
  const int32_t plane = windows->window_height * windows->window_width;
  const struct axis rows = axis_of(windows->window_height, windows->stride_y, windows->out_height);
  const struct axis columns = axis_of(windows->window_width, windows->stride_x, windows->out_width);
  float *packed = scratch + ((size_t)tap_count(windows) * filters + 15) / 16 * 16;
  for (int32_t y = 0, row = 0; y < windows->height; y++) {
    const int32_t pixel = y + windows->top;
    const struct sight seen = sight_of(rows, pixel / windows->stride_y, pixel % windows->stride_y);
    row = pack_rows(row, seen.end, panels, windows, filters, dz, dz_stride, packed);
    const size_t row_bytes = (size_t)(y * windows->width) * PIXEL_BYTES;
    for (int32_t c = 0, height; c < windows->channels; c += height) {
      height = even_height(windows->channels - c, TILE_CHANNELS);
      const size_t at = c * plane_bytes(windows) + row_bytes;
      const struct pixel_row g = {
          windows, columns, filters, seen, seen.first % windows->window_height, scratch + (size_t)(c * plane) * filters, packed,
          on(h, at), on(dx, at), dx_stride, slope};
      transposed_channels(height, &g, panels);
    }
  }
}

static void op_convolve_input_gradient(
    const struct windows *windows, float *dz, size_t dz_stride, int32_t panels, float *w, int32_t filters, float *h, float slope,
    float *dx, size_t dx_stride, float *scratch) {
  clear_padding_rows(dx, dx_stride, panels, windows->channels * windows->height * windows->width);
  pack_weights(w, windows, filters, scratch);
  int32_t group = GROUP_PANELS(windows->channels);
  while (panels > 0) {
    while (group > panels) group /= 2;
    transposed_group(windows, filters, dz, dz_stride, group, h, slope, dx, dx_stride, scratch);
    dz = on(dz, group * dz_stride), h = on(h, group * dx_stride), dx = on(dx, group * dx_stride);
    panels -= group;
  }
}

#endif

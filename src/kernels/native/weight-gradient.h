// The gradient of a dense layer's weights and biases, handed to their update as it is computed. Units lie along the vectors, as the
// weights do: dz of a column panel is repacked from [unit][example] to [example][units], in groups of two vectors of units, and
// register tiles of up to TILE_HEIGHT inputs × a group are summed over the batch, inputs broadcast from where they lie.
#ifndef TUTTI_WEIGHT_GRADIENT_H
#define TUTTI_WEIGHT_GRADIENT_H

#include "library.h"

#include "dense.h"
#include "update.h"

/** Vectors of units that the columns from `column` on are grouped into, and their floats for each example. */
INLINE int group_vectors(int32_t width, int32_t column) { return width - column > WIDE ? 2 : 1; }

/** LANES rows × LANES examples, transposed; beyond `count` rows, a multiple of 4, zeros. */
INLINE void load_square(V rows[LANES], const float *from, int32_t count) {
  UNROLL for (int r = 0; r < LANES; r++) rows[r] = r < 4 || count > 4 ? load(from + 8 * r) : (V){0};
  transpose(rows);
}

/** Repacks LANES units × LANES examples of dz to `to`, `row` floats apart, and adds the examples to `sums` one after the other. */
INLINE void pack_square(const float *dz, int32_t units, float *to, int row, float *sums) {
  V rows[LANES];
  load_square(rows, dz, units);
  V sum = load(sums);
  UNROLL for (int example = 0; example < LANES; example++) {
    store(to + example * row, rows[example]);
    sum += rows[example];
  }
  store(sums, sum);
}

/** Repacks a column panel of dz (`width` a multiple of 4), and leaves the gradient of its biases in `sums` (up to a whole group). */
static void pack(const float *dz, size_t dz_stride, int32_t panels, int32_t width, float *packed, float *sums) {
  const size_t examples = 8 * (size_t)panels;
  memset(sums, 0, 4 * PANEL_UNITS);
  for (int32_t p = 0; p < panels; p++, dz = on(dz, dz_stride)) {
    float *group = packed;
    for (int32_t column = 0, row; column < width; column += row, group += row * examples) {
      row = group_vectors(width, column) * WIDE;
      for (int32_t unit = column; unit < column + row; unit += LANES) {
        for (int example = 0; example < 8; example += LANES) {
          float *to = group + (size_t)row * (8 * p + example) + (unit - column);
          pack_square(dz + 8 * unit + example, width - unit, to, row, sums + unit);
        }
      }
    }
  }
}

/**
 * Rows of gradient whose weights Adam has yet to update. It leans on the divider, which sums leave idle: so it gets its turns between
 * the panels of the tiles that follow.
 */
struct pending {
  float *w, *first, *second;
  const float *gradient;
  /** Floats that have been updated, and that are to be. */
  size_t done, end;
  /** Vectors to be updated at a turn. */
  int turn;
  struct update block;
};

/** Returns how many floats have been updated then. What will be pending next, behind these rows, is sent for. */
INLINE size_t take_turn(const struct pending *pending, size_t done) {
  enum { AHEAD = TILE_HEIGHT * PANEL_UNITS };
  const struct update *block = &pending->block;
  for (int n = pending->turn; n > 0 && done + WIDE <= pending->end; n--, done += WIDE) {
    W m = wide_load(pending->first + done), v = wide_load(pending->second + done);
    float *w = pending->w + done;
    __builtin_prefetch(w + AHEAD);
    __builtin_prefetch(pending->first + done + AHEAD);
    __builtin_prefetch(pending->second + done + AHEAD);
    wide_store(w, adam_weight(wide_load(w), wide_load(pending->gradient + done), &m, &v, block, block->keep, block->step_size));
    wide_store(pending->first + done, m);
    wide_store(pending->second + done, v);
  }
  return done;
}

/** `height` inputs × a group of `vectors`, the last of them `last` floats. */
INLINE void weight_tile(int height, int vectors, const float *x, size_t x_stride, int32_t panels, const float *packed, float *out,
                        int32_t out_row, int32_t last, struct pending *pending) {
  W sum[TILE_HEIGHT][2];
  UNROLL for (int r = 0; r < height; r++) {
    UNROLL for (int v = 0; v < vectors; v++) sum[r][v] = (W){0};
  }
  size_t done = pending->done;
  for (; panels > 0; panels--, x = on(x, x_stride)) {
    KEEP_LOOP for (int example = 0; example < 8; example++, packed += vectors * WIDE) {
      W terms[2];
      UNROLL for (int v = 0; v < vectors; v++) terms[v] = wide_load(packed + v * WIDE);
      UNROLL for (int r = 0; r < height; r++) {
        const W input = wide_splat(x[8 * r + example]);
        UNROLL for (int v = 0; v < vectors; v++) sum[r][v] = wide_madd(input, terms[v], sum[r][v]);
      }
    }
    done = take_turn(pending, done);
  }
  pending->done = done;
  UNROLL for (int r = 0; r < height; r++) {
    UNROLL for (int v = 0; v < vectors; v++) {
      float *to = out + r * out_row + v * WIDE;
      if (v + 1 < vectors) wide_store(to, sum[r][v]);
      else wide_store_some(to, last, sum[r][v]);
    }
  }
}

NOINLINE void weight_tile_of_pair(int height, const float *x, size_t x_stride, int32_t panels, const float *packed, float *out,
                                  int32_t out_row, int32_t last, struct pending *pending) {
  WITH_HEIGHT(height, weight_tile, 2, x, x_stride, panels, packed, out, out_row, last, pending)
}

NOINLINE void weight_tile_of_one(int height, const float *x, size_t x_stride, int32_t panels, const float *packed, float *out,
                                 int32_t out_row, int32_t last, struct pending *pending) {
  WITH_HEIGHT(height, weight_tile, 1, x, x_stride, panels, packed, out, out_row, last, pending)
}

/** The gradient of `height` inputs' weights in a column panel. */
static void weight_rows(int height, const float *x, size_t x_stride, int32_t panels, const float *packed, int32_t width, float *out,
                        struct pending *pending) {
  for (int32_t column = 0, taken; column < width; column += taken) {
    const int vectors = group_vectors(width, column);
    taken = vectors * WIDE;
    const int32_t last = smaller(WIDE, width - column - (vectors - 1) * WIDE);
    if (vectors == 2) weight_tile_of_pair(height, x, x_stride, panels, packed, out + column, width, last, pending);
    else weight_tile_of_one(height, x, x_stride, panels, packed, out + column, width, last, pending);
    packed += taken * 8 * (size_t)panels;
  }
}

/** Updates what has had no turn. */
static void finish_pending(char *memory, struct pending *pending) {
  const size_t bytes = 4 * (pending->end - pending->done);
  if (bytes) update(memory, pending->w + pending->done, pending->gradient + pending->done, bytes, &pending->block, 1);
  pending->done = pending->end;
}

/** Inputs whose gradients a layer of up to four units collects before it updates them. */
enum { COLUMN_INPUTS = TILE_HEIGHT * PANEL_UNITS / 4 };

/** The gradients of `vectors` of inputs for one unit or four, `left` inputs to be written, each with the zeros of its padding. */
INLINE void column_tile(int units, int vectors, const float *x, size_t x_stride, int32_t panels, int32_t left, const float *dz,
                        size_t dz_stride, float *out) {
  V sum[2][4];
  UNROLL for (int v = 0; v < vectors; v++) {
    UNROLL for (int unit = 0; unit < units; unit++) sum[v][unit] = (V){0};
  }
  for (; panels > 0; panels--, x = on(x, x_stride), dz = on(dz, dz_stride)) {
    for (int example = 0; example < 8; example += LANES) {
      UNROLL for (int v = 0; v < vectors; v++) {
        V inputs[LANES];
        load_square(inputs, x + 8 * v * LANES + example, round_up4(left) - v * LANES);
        UNROLL for (int e = 0; e < LANES; e++) {
          UNROLL for (int unit = 0; unit < units; unit++) {
            sum[v][unit] = madd(inputs[e], splat(dz[8 * unit + example + e]), sum[v][unit]);
          }
        }
      }
    }
  }
  UNROLL for (int v = 0; v < vectors; v++) {
    V rows[LANES];
    UNROLL for (int unit = 0; unit < LANES; unit++) rows[unit] = unit < units ? sum[v][unit] : (V){0};
    transpose(rows);
    UNROLL for (int lane = 0; lane < LANES; lane++) {
      if (v * LANES + lane < left) memcpy(out + 4 * (v * LANES + lane), &rows[lane], 16);
    }
  }
}

NOINLINE void column_tiles(int units, const float *x, size_t x_stride, int32_t panels, int32_t inputs, const float *dz,
                           size_t dz_stride, float *out) {
  for (; inputs >= 2 * LANES; inputs -= 2 * LANES, x += 16 * LANES, out += 8 * LANES) {
    if (units == 1) column_tile(1, 2, x, x_stride, panels, 2 * LANES, dz, dz_stride, out);
    else column_tile(4, 2, x, x_stride, panels, 2 * LANES, dz, dz_stride, out);
  }
  for (; inputs > 0; inputs -= LANES, x += 8 * LANES, out += 4 * LANES) {
    if (units == 1) column_tile(1, 1, x, x_stride, panels, inputs, dz, dz_stride, out);
    else column_tile(4, 1, x, x_stride, panels, inputs, dz, dz_stride, out);
  }
}

/** Up to four units: most lanes along the units would be padding, so that the inputs lie along the vectors. */
static void column_gradient(char *memory, const float *x, size_t x_stride, int32_t panels, int32_t inputs, const float *dz,
                            size_t dz_stride, int32_t units, float *w, const struct update *block) {
  float gradient[4 * COLUMN_INPUTS];
  V bias = {0};
  for (int32_t p = 0; p < panels; p++) {
    for (int example = 0; example < 8; example += LANES) {
      V rows[LANES];
      load_square(rows, on(dz, p * dz_stride) + example, 4);
      UNROLL for (int e = 0; e < LANES; e++) bias += rows[e];
    }
  }
  store(gradient, bias);
  update(memory, w + 4 * (size_t)inputs, gradient, 16, block, 0);
  for (int32_t first = 0; first < inputs; first += COLUMN_INPUTS) {
    const int32_t count = smaller(COLUMN_INPUTS, inputs - first);
    column_tiles(units, x + 8 * (size_t)first, x_stride, panels, count, dz, dz_stride, gradient);
    update(memory, w + 4 * (size_t)first, gradient, 16 * (size_t)count, block, 1);
  }
}

static void op_weight_gradient(char *memory, float *x, size_t x_stride, int32_t panels, int32_t inputs, float *dz, size_t dz_stride,
                               int32_t units, float *w, float *scratch, const struct update *block) {
  if (units > 0 && units <= 4) return column_gradient(memory, x, x_stride, panels, inputs, dz, dz_stride, units, w, block);
  const int32_t padded = round_up4(units);
  float *bias = w + (size_t)inputs * padded;
  float sums[PANEL_UNITS], rows[2][TILE_HEIGHT * PANEL_UNITS], *gradient = rows[0];
  struct pending pending = {.block = *block};
  const int takes_turns = block->mode == UPDATE_ADAM && block->l1 == 0 && block->l2 == 0;
  for (int32_t first = 0; first < padded; first += PANEL_UNITS) {
    const int32_t width = smaller(PANEL_UNITS, padded - first);
    pack(dz + 8 * first, dz_stride, panels, width, scratch, sums);
    update(memory, bias + first, sums, 4 * (size_t)width, block, 0);
    const int32_t turns = (width + 2 * WIDE - 1) / (2 * WIDE) * panels;
    for (int32_t row = 0, height; row < inputs; row += height) {
      height = dense_height(inputs - row);
      weight_rows(height, x + 8 * (size_t)row, x_stride, panels, scratch, width, gradient, &pending);
      finish_pending(memory, &pending);
      pending.w = w;
      pending.first = moment(memory, w, block->first);
      pending.second = moment(memory, w, block->second);
      pending.gradient = gradient;
      pending.done = 0;
      pending.end = (size_t)(height * width);
      pending.turn = takes_turns ? (height * width / WIDE + turns - 1) / turns : 0;
      if (!takes_turns) finish_pending(memory, &pending);
      gradient = gradient == rows[0] ? rows[1] : rows[0];
      w += height * width;
    }
  }
  finish_pending(memory, &pending);
}

#endif

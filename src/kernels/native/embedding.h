// Numbers and categories as the layers see them: the twin of assembly/embedding.ts. A vector holds the examples of a panel's row, or
// half of them.
#include "formats.h"
#include "functions.h"

/** What a number is expanded into; expansion-kind.ts. */
enum { EXPANSION_PERIODIC, EXPANSION_PIECEWISE };

static const float TAU = 6.28318531f; // 2π

/** The vectors of a row of a panel, by the floats before them. */
#define EACH_HALF UNROLL for (int h = 0; h < 8; h += LANES)

/** sin 2πq for |q| ≤ ¼. */
INLINE V sine_of_turns(V q) {
  const V square = q * q;
  V p = madd(splat(39.536705f), square, splat(-76.54978f));
  p = madd(p, square, splat(81.601006f));
  p = madd(p, square, splat(-41.341656f));
  p = madd(p, square, splat(6.283185f));
  return p * q;
}

/** How far frequency × x + phase / 2π is from the nearest whole turn, in [−½, ½]. */
INLINE V turn(V x, float frequency, float phase) {
  const V t = madd(splat(frequency), x, splat(phase * 0.159154943f)); // 1 / 2π
  const V r = t - ((t + splat(ROUNDER)) - splat(ROUNDER));
  return pmin(pmax(r, splat(-0.5f)), splat(0.5f));
}

/** ¼ − |r|: the cosine of r turns is the sine of so many. */
INLINE V from_quarter(V r) { return splat(0.25f) - magnitude(r); }

/** −sin 2πr. */
INLINE V negative_sine(V r) {
  const V s = sine_of_turns(from_quarter(from_quarter(r)));
  return (V)((I)-s ^ ((I)r & INT32_MIN));
}

/** How far x is through a bin that begins at `low`, in shares of it. */
INLINE V through(V x, float low, float per_unit) { return (x - splat(low)) * splat(per_unit); }

/** A term of the expansion. */
INLINE V expansion_term(int32_t kind, V x, float first, float second) {
  if (kind == EXPANSION_PERIODIC) return sine_of_turns(from_quarter(turn(x, first, second)));
  return pmin(pmax(through(x, first, second), (V){0}), splat(1));
}

/** All terms of eight examples' numbers. */
INLINE void expand_as(int32_t kind, const float *x, int32_t terms, const float *w, float *to) {
  const float *seconds = w + round_up4(terms);
  for (int32_t f = 0; f < terms; f++) {
    EACH_HALF store(to + 8 * f + h, expansion_term(kind, load(x + h), w[f], seconds[f]));
  }
}

static void expand(int32_t kind, const float *x, int32_t terms, const float *w, float *to) {
  if (kind == EXPANSION_PERIODIC) expand_as(EXPANSION_PERIODIC, x, terms, w, to);
  else expand_as(EXPANSION_PIECEWISE, x, terms, w, to);
}

/** `height` outputs of a projection. */
INLINE void project_tile(int height, const float *from, int32_t terms, const float *w, int32_t stride, float *out) {
  V sums[4][2];
  UNROLL for (int e = 0; e < height; e++) EACH_HALF sums[e][h / LANES] = splat(w[terms * stride + e]);
  for (int32_t f = 0; f < terms; f++, from += 8, w += stride) {
    EACH_HALF {
      const V value = load(from + h);
      UNROLL for (int e = 0; e < height; e++) sums[e][h / LANES] = madd(splat(w[e]), value, sums[e][h / LANES]);
    }
  }
  UNROLL for (int e = 0; e < height; e++) EACH_HALF store(out + 8 * e + h, sums[e][h / LANES]);
}

static void project_terms(const float *from, int32_t terms, const float *w, int32_t size, float *out) {
  const int32_t stride = round_up4(size);
  for (; size >= 4; size -= 4, w += 4, out += 32) project_tile(4, from, terms, w, stride, out);
  if (size == 3) project_tile(3, from, terms, w, stride, out);
  else if (size == 2) project_tile(2, from, terms, w, stride, out);
  else if (size == 1) project_tile(1, from, terms, w, stride, out);
}

/** Floats of a feature's two rows of what expands it, and of what projects it: the terms' rows and the bias. */
INLINE size_t expansion_floats(int32_t terms) { return 2 * (size_t)round_up4(terms); }
INLINE size_t projection_floats(int32_t terms, int32_t size) { return (size_t)(terms + 1) * round_up4(size); }
/** Floats of a feature's rows of a panel of output: itself and what it became. */
INLINE size_t output_floats(int32_t terms, int32_t size) { return 8 * (size_t)(1 + (size ? size : terms)); }

static void op_embed_numbers(float *x, size_t x_stride, int32_t panels, int32_t features, int32_t kind, int32_t terms, float *w,
                             int32_t size, float *projection, float *scratch, float *out, size_t out_stride) {
  for (; features > 0; features--) {
    const float *from = x;
    float *to = out;
    for (int32_t p = panels; p > 0; p--, from = on(from, x_stride), to = on(to, out_stride)) {
      memcpy(to, from, 32);
      if (size) {
        expand(kind, from, terms, w, scratch);
        project_terms(scratch, terms, projection, size, to + 8);
      } else {
        expand(kind, from, terms, w, to + 8);
      }
    }
    x += 8;
    out += output_floats(terms, size);
    w += expansion_floats(terms);
    projection += projection_floats(terms, size);
  }
}

/** Σ_e W(f, e) dz(e): the gradient of a term. */
INLINE V term_gradient(const float *w, const float *dz, int32_t size) {
  if (!size) return load(dz);
  V sum = {0};
  for (int32_t e = 0; e < size; e++) sum = madd(splat(w[e]), load(dz + 8 * e), sum);
  return sum;
}

INLINE void number_gradients(int32_t kind, const float *x, size_t x_stride, int32_t panels, int32_t terms, const float *w, int32_t size,
                             const float *projection, const float *dz, size_t dz_stride, float *dx, size_t dx_stride) {
  const float *seconds = w + round_up4(terms);
  const int32_t stride = round_up4(size), step = size ? 0 : 8;
  for (; panels > 0; panels--, x = on(x, x_stride), dz = on(dz, dz_stride), dx = on(dx, dx_stride)) {
    EACH_HALF {
      const V value = load(x + h), own = load(dz + h);
      V sum = {0};
      for (int32_t f = 0; f < terms; f++) {
        const V gradient = term_gradient(projection + f * stride, dz + 8 + f * step + h, size);
        if (kind == EXPANSION_PERIODIC) {
          sum = madd(splat(w[f]), gradient * negative_sine(turn(value, w[f], seconds[f])), sum);
        } else {
          const V u = through(value, w[f], seconds[f]);
          sum = madd(keep_where(splat(seconds[f]), (u >= 0) & (u < 1)), gradient, sum);
        }
      }
      store(dx + h, kind == EXPANSION_PERIODIC ? madd(splat(TAU), sum, own) : sum + own);
    }
  }
}

static void op_embed_numbers_input_gradient(float *x, size_t x_stride, int32_t panels, int32_t features, int32_t kind, int32_t terms,
                                            float *w, int32_t size, float *projection, float *dz, size_t dz_stride, float *dx,
                                            size_t dx_stride) {
  for (; features > 0; features--) {
    if (kind == EXPANSION_PERIODIC) {
      number_gradients(EXPANSION_PERIODIC, x, x_stride, panels, terms, w, size, projection, dz, dz_stride, dx, dx_stride);
    } else {
      number_gradients(EXPANSION_PIECEWISE, x, x_stride, panels, terms, w, size, projection, dz, dz_stride, dx, dx_stride);
    }
    x += 8;
    dx += 8;
    dz += output_floats(terms, size);
    w += expansion_floats(terms);
    projection += projection_floats(terms, size);
  }
}

/** Adds the terms of eight examples to the octets of the projection, the gradients of the terms to those of the expansion. */
INLINE void add_octet(int32_t kind, const float *x, int32_t terms, const float *w, int32_t size, const float *projection, const float *dz,
                      float *sums) {
  const int32_t padded = round_up4(terms), stride = round_up4(size), step = size ? 0 : 8;
  float *frequencies = sums + 8 * projection_floats(terms, size), *phases = frequencies + 8 * padded;
  dz += 8;
  EACH_HALF {
    const V value = load(x + h);
    for (int32_t f = 0; f < terms; f++) {
      const float first = w[f], second = w[padded + f];
      V expanded;
      if (kind == EXPANSION_PERIODIC) {
        const V r = turn(value, first, second);
        const V gradient = term_gradient(projection + f * stride, dz + f * step + h, size) * negative_sine(r);
        store(phases + 8 * f + h, load(phases + 8 * f + h) + gradient);
        store(frequencies + 8 * f + h, madd(gradient, value, load(frequencies + 8 * f + h)));
        expanded = sine_of_turns(from_quarter(r));
      } else {
        expanded = expansion_term(kind, value, first, second);
      }
      float *row = sums + 8 * f * stride + h;
      for (int32_t e = 0; e < size; e++) store(row + 8 * e, madd(expanded, load(dz + 8 * e + h), load(row + 8 * e)));
    }
    float *biases = sums + 8 * terms * stride + h;
    for (int32_t e = 0; e < size; e++) store(biases + 8 * e, load(biases + 8 * e) + load(dz + 8 * e + h));
  }
}

/** Sums of octets at the same address, each times a factor. `count` is a multiple of 4. */
static void finish_octets(float *sums, int32_t count, float factor) {
  const Quad factors = {factor, factor, factor, factor};
  for (float *to = sums; count > 0; count -= 4, sums += 32, to += 4) {
    const Quad done = sums_of_octets(sums) * factors;
    memcpy(to, &done, sizeof done);
  }
}

static void op_embed_numbers_weight_gradient(char *memory, float *x, size_t x_stride, int32_t panels, int32_t features, int32_t kind,
                                             int32_t terms, float *w, int32_t size, float *projection, float *dz, size_t dz_stride,
                                             float *scratch, const struct update *block) {
  const int32_t padded = round_up4(terms);
  float *frequencies = scratch + 8 * projection_floats(terms, size), *phases = frequencies + 8 * padded;
  for (; features > 0; features--) {
    memset(scratch, 0, 32 * (projection_floats(terms, size) + expansion_floats(terms)));
    const float *from = x, *gradient = dz;
    for (int32_t p = panels; p > 0; p--, from = on(from, x_stride), gradient = on(gradient, dz_stride)) {
      if (kind == EXPANSION_PERIODIC) add_octet(EXPANSION_PERIODIC, from, terms, w, size, projection, gradient, scratch);
      else add_octet(EXPANSION_PIECEWISE, from, terms, w, size, projection, gradient, scratch);
    }
    if (size) {
      finish_octets(scratch, (terms + 1) * round_up4(size), 1);
      update(memory, projection, scratch, 4 * projection_floats(terms, size), block, 1);
    }
    if (kind == EXPANSION_PERIODIC) {
      finish_octets(frequencies, padded, TAU);
      finish_octets(phases, padded, 1);
      update(memory, w, frequencies, 4 * (size_t)padded, block, 1);
      update(memory, w + padded, phases, 4 * (size_t)padded, block, 1);
    }
    x += 8;
    dz += output_floats(terms, size);
    w += expansion_floats(terms);
    projection += projection_floats(terms, size);
  }
}

/** Whether eight examples' numbers are all 0. */
INLINE int is_absent(const float *x) {
  I some = {0};
  EACH_HALF some |= load(x + h) != 0;
  return !any(some);
}

static void op_embed_categories(float *x, size_t x_stride, int32_t panels, int32_t categories, float *w, int32_t size, float *out,
                                size_t out_stride) {
  const int32_t stride = round_up4(size);
  for (; panels > 0; panels--, x = on(x, x_stride), out = on(out, out_stride)) {
    memset(out, 0, 32 * (size_t)size);
    for (int32_t c = 0; c < categories; c++) {
      if (is_absent(x + 8 * c)) continue;
      EACH_HALF {
        const V value = load(x + 8 * c + h);
        for (int32_t e = 0; e < size; e++) store(out + 8 * e + h, madd(splat(w[c * stride + e]), value, load(out + 8 * e + h)));
      }
    }
  }
}

static void op_embed_categories_input_gradient(float *dz, size_t dz_stride, int32_t panels, int32_t categories, float *w, int32_t size,
                                               float *dx, size_t dx_stride) {
  const int32_t stride = round_up4(size);
  for (; panels > 0; panels--, dz = on(dz, dz_stride), dx = on(dx, dx_stride)) {
    for (int32_t c = 0; c < categories; c++) {
      EACH_HALF {
        V sum = {0};
        for (int32_t e = 0; e < size; e++) sum = madd(splat(w[c * stride + e]), load(dz + 8 * e + h), sum);
        store(dx + 8 * c + h, sum);
      }
    }
  }
}

static void op_embed_categories_weight_gradient(char *memory, float *x, size_t x_stride, int32_t panels, int32_t categories, float *dz,
                                                size_t dz_stride, int32_t size, float *w, float *scratch, const struct update *block) {
  const int32_t stride = round_up4(size);
  for (; categories > 0; categories--, x += 8, w += stride) {
    memset(scratch, 0, 32 * (size_t)stride);
    const float *from = x, *gradient = dz;
    for (int32_t p = panels; p > 0; p--, from = on(from, x_stride), gradient = on(gradient, dz_stride)) {
      if (is_absent(from)) continue;
      EACH_HALF {
        const V value = load(from + h);
        for (int32_t e = 0; e < size; e++) {
          store(scratch + 8 * e + h, madd(value, load(gradient + 8 * e + h), load(scratch + 8 * e + h)));
        }
      }
    }
    finish_octets(scratch, stride, 1);
    update(memory, w, scratch, 4 * (size_t)stride, block, 1);
  }
}

static void op_factor_gradient(char *memory, float *x, size_t x_stride, int32_t panels, int32_t rows, float *dz, size_t dz_stride, float *w,
                               float *scratch, const struct update *block) {
  for (; rows > 0; rows -= 4, x += 32, dz += 32, w += 4) {
    memset(scratch, 0, 128);
    const float *from = x, *gradient = dz;
    for (int32_t p = panels; p > 0; p--, from = on(from, x_stride), gradient = on(gradient, dz_stride)) {
      for (int32_t at = 0; at < 8 * smaller(rows, 4); at += LANES) {
        store(scratch + at, madd(load(from + at), load(gradient + at), load(scratch + at)));
      }
    }
    finish_octets(scratch, 4, 1);
    update(memory, w, scratch, 16, block, 1);
  }
}

static void op_copy_rows(float *input, size_t input_stride, int32_t panels, int32_t rows, float *out, size_t out_stride) {
  for (; panels > 0; panels--, input = on(input, input_stride), out = on(out, out_stride)) memcpy(out, input, 32 * (size_t)rows);
}

static void op_clear_padding(float *out, size_t stride, int32_t panels, int32_t rows) {
  for (; panels > 0; panels--, out = on(out, stride)) memset(out + 8 * (size_t)rows, 0, 32 * (size_t)(round_up4(rows) - rows));
}

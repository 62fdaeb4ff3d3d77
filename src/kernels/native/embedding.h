// Numbers and categories as the layers see them: the twin of assembly/embedding.ts. A vector holds the examples of a panel's row, or
// half of them.
#include "formats.h"
#include "functions.h"

/** What a number is expanded into; expansion-kind.ts. */
enum { EXPANSION_PERIODIC, EXPANSION_PIECEWISE };

static const float TAU = 6.28318531f; // 2π

/** The vectors of a row of a panel, by the floats before them. */
#define EACH_HALF UNROLL for (int h = 0; h < 8; h += LANES)

// Wide vectors of two vectors, where there is room for two; else of one.
#ifdef TUTTI_AVX512
INLINE W wide_twice(V a) { return (W)_mm512_broadcast_f32x8((__m256)a); }
INLINE W wide_of_two(V low, V high) { return join(low, high); }
INLINE V half_of(W a, int high) { return high ? high_half(a) : low_half(a); }
#else
INLINE W wide_twice(V a) { return a; }
INLINE W wide_of_two(V low, V high) { return (void)high, low; }
INLINE V half_of(W a, int high) { return (void)high, a; }
#endif

/** sin 2πq for |q| ≤ ¼. */
INLINE W sine_of_turns(W q) {
  const W square = q * q;
  W p = wide_madd(wide_splat(39.536705f), square, wide_splat(-76.54978f));
  p = wide_madd(p, square, wide_splat(81.601006f));
  p = wide_madd(p, square, wide_splat(-41.341656f));
  p = wide_madd(p, square, wide_splat(6.283185f));
  return p * q;
}

/** A phase in turns. */
INLINE W in_turns(W phase) { return phase * wide_splat(0.159154943f); } // 1 / 2π

/** How far frequency × x + phase / 2π is from the nearest whole turn, in [−½, ½]. @param turns see `in_turns` */
INLINE W turn(W x, W frequency, W turns) {
  const W t = wide_madd(frequency, x, turns);
  const W r = t - ((t + wide_splat(ROUNDER)) - wide_splat(ROUNDER));
  return wide_pmin(wide_pmax(r, wide_splat(-0.5f)), wide_splat(0.5f));
}

/** ¼ − |r|: the cosine of r turns is the sine of so many. */
INLINE W from_quarter(W r) { return wide_splat(0.25f) - wide_magnitude(r); }

/** −sin 2πr. */
INLINE W negative_sine(W r) {
  const W s = sine_of_turns(from_quarter(from_quarter(r)));
  return (W)((J)-s ^ ((J)r & INT32_MIN));
}

/** How far x is through a bin that begins at `low`, in shares of it. */
INLINE W through(W x, W low, W per_unit) { return (x - low) * per_unit; }

/** A term of the expansion. @param second of a wave its phase in turns */
INLINE W expansion_term(int32_t kind, W x, W first, W second) {
  if (kind == EXPANSION_PERIODIC) return sine_of_turns(from_quarter(turn(x, first, second)));
  return wide_pmin(wide_pmax(through(x, first, second), (W){0}), wide_splat(1));
}

/** What a term's second number is to it. */
INLINE W second_of(int32_t kind, W second) { return kind == EXPANSION_PERIODIC ? in_turns(second) : second; }

/** Numbers that a projection makes, at most, for what keeps their sums in registers; of two vectors at a time. */
#ifdef TUTTI_AVX2
enum { KEPT_SUMS = 8, KEPT_OF_PAIRS = 4 };
#else
enum { KEPT_SUMS = 8, KEPT_OF_PAIRS = 8 };
#endif

/** A number's own rows and those of its terms, of the panels of `vectors`. */
INLINE void expand_tile(int32_t kind, int vectors, const float *x, size_t x_stride, int32_t terms, const float *w, float *out,
                        size_t out_stride) {
  const float *seconds = w + round_up4(terms);
  W value[2];
  UNROLL for (int v = 0; v < vectors; v++) store_rows(out, out_stride, v, value[v] = load_rows(x, x_stride, v));
  for (int32_t f = 0; f < terms; f++) {
    out += 8;
    const W first = wide_splat(w[f]), second = second_of(kind, wide_splat(seconds[f]));
    UNROLL for (int v = 0; v < vectors; v++) store_rows(out, out_stride, v, expansion_term(kind, value[v], first, second));
  }
}

/** The same where `size` numbers are made of the terms. */
INLINE void embed_tile(int size, int32_t kind, int vectors, const float *x, size_t x_stride, int32_t terms, const float *w,
                       const float *projection, float *out, size_t out_stride) {
  const int32_t stride = (size + 3) & ~3;
  const float *seconds = w + round_up4(terms), *biases = projection + terms * stride;
  W value[2], sums[KEPT_SUMS][2];
  UNROLL for (int v = 0; v < vectors; v++) {
    store_rows(out, out_stride, v, value[v] = load_rows(x, x_stride, v));
    UNROLL for (int e = 0; e < size; e++) sums[e][v] = wide_splat(biases[e]);
  }
  for (int32_t f = 0; f < terms; f++, projection += stride) {
    const W first = wide_splat(w[f]), second = second_of(kind, wide_splat(seconds[f]));
    UNROLL for (int v = 0; v < vectors; v++) {
      const W term = expansion_term(kind, value[v], first, second);
      UNROLL for (int e = 0; e < size; e++) sums[e][v] = wide_madd(wide_splat(projection[e]), term, sums[e][v]);
    }
  }
  UNROLL for (int e = 0; e < size; e++) {
    UNROLL for (int v = 0; v < vectors; v++) store_rows(out + 8 * (e + 1), out_stride, v, sums[e][v]);
  }
}

/** Calls `tile(size, …)` with a size up to KEPT_SUMS that the compiler knows. */
#define WITH_SIZE(size, tile, ...) \
  switch (size) { \
    LOW_HEIGHTS(tile, __VA_ARGS__) \
    case 7: tile(7, __VA_ARGS__); break; \
    case 8: tile(8, __VA_ARGS__); break; \
  }

#define EMBED(name, kind, vectors) \
  NOINLINE void name(int32_t size, const float *x, size_t x_stride, int32_t terms, const float *w, const float *projection, \
                     float *out, size_t out_stride) { \
    if (size == 0) expand_tile(kind, vectors, x, x_stride, terms, w, out, out_stride); \
    WITH_SIZE(size, embed_tile, kind, vectors, x, x_stride, terms, w, projection, out, out_stride) \
  }
EMBED(pair_of_waves, EXPANSION_PERIODIC, 2)
EMBED(one_of_waves, EXPANSION_PERIODIC, 1)
EMBED(pair_of_bins, EXPANSION_PIECEWISE, 2)
EMBED(one_of_bins, EXPANSION_PIECEWISE, 1)

/** A number in the panels of a pair of vectors, or of one. */
INLINE void embed_panels(int32_t kind, int is_pair, const float *x, size_t x_stride, int32_t terms, const float *w, int32_t size,
                         const float *projection, float *out, size_t out_stride) {
  if (kind == EXPANSION_PERIODIC) {
    if (is_pair) pair_of_waves(size, x, x_stride, terms, w, projection, out, out_stride);
    else one_of_waves(size, x, x_stride, terms, w, projection, out, out_stride);
  } else {
    if (is_pair) pair_of_bins(size, x, x_stride, terms, w, projection, out, out_stride);
    else one_of_bins(size, x, x_stride, terms, w, projection, out, out_stride);
  }
}

/** All terms of eight examples' numbers, where more is made of them than fits in registers. */
static void expand(int32_t kind, const float *x, int32_t terms, const float *w, float *to) {
  const float *seconds = w + round_up4(terms);
  for (int32_t f = 0; f < terms; f++) {
    EACH_HALF {
      const W value = wide_twice(load(x + h)), first = wide_splat(w[f]), second = second_of(kind, wide_splat(seconds[f]));
      store(to + 8 * f + h, half_of(expansion_term(kind, value, first, second), 0));
    }
  }
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
    int32_t p = 0;
    for (; size <= KEPT_OF_PAIRS && p + TILE_PANELS <= panels; p += TILE_PANELS) {
      embed_panels(kind, 1, on(x, p * x_stride), x_stride, terms, w, size, projection, on(out, p * out_stride), out_stride);
    }
    for (; TILE_PANELS > 1 && size <= KEPT_SUMS && p < panels; p += TILE_PANELS / 2) {
      // A last panel alone is paired with itself.
      const int is_alone = p + TILE_PANELS / 2 > panels;
      embed_panels(kind, 0, on(x, p * x_stride), is_alone ? 0 : x_stride, terms, w, size, projection, on(out, p * out_stride),
                   is_alone ? 0 : out_stride);
    }
    for (; p < panels; p++) {
      const float *from = on(x, p * x_stride);
      float *to = on(out, p * out_stride);
      memcpy(to, from, 32);
      expand(kind, from, terms, w, scratch);
      project_terms(scratch, terms, projection, size, to + 8);
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
      const W value = wide_twice(load(x + h));
      const V own = load(dz + h);
      V sum = {0};
      for (int32_t f = 0; f < terms; f++) {
        const V gradient = term_gradient(projection + f * stride, dz + 8 + f * step + h, size);
        const W first = wide_splat(w[f]), second = second_of(kind, wide_splat(seconds[f]));
        if (kind == EXPANSION_PERIODIC) {
          sum = madd(splat(w[f]), gradient * half_of(negative_sine(turn(value, first, second)), 0), sum);
        } else {
          const V u = half_of(through(value, first, second), 0);
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

/** Terms that a vector has room for. */
enum { TERMS_AT_ONCE = WIDE / LANES };

/**
 * Adds up over the panels what TERMS_AT_ONCE terms have to do with a vector of examples: the gradients of the projection, of
 * frequencies and of phases, as octets.
 * @param other the second term's place behind the first, 0 where there is none. @param w at the first term's, as all that follows
 */
INLINE void octets_tile(int size, int32_t kind, const float *x, size_t x_stride, int32_t panels, int32_t other, const float *w,
                        int32_t padded, const float *projection, const float *dz, size_t dz_stride, float *sums, float *frequencies,
                        float *phases) {
  const int32_t stride = (size + 3) & ~3;
  const W first = wide_of_two(splat(w[0]), splat(w[other]));
  const W second = second_of(kind, wide_of_two(splat(w[padded]), splat(w[padded + other])));
  W weights[KEPT_SUMS], to_projection[KEPT_SUMS], to_frequency = {0}, to_phase = {0};
  UNROLL for (int e = 0; e < size; e++) {
    weights[e] = wide_of_two(splat(projection[e]), splat(projection[other * stride + e]));
    to_projection[e] = (W){0};
  }
  for (; panels > 0; panels--, x = on(x, x_stride), dz = on(dz, dz_stride)) {
    const W value = wide_twice(load(x));
    W slopes[KEPT_SUMS], expanded;
    UNROLL for (int e = 0; e < size; e++) slopes[e] = wide_twice(load(dz + 8 * e));
    if (kind == EXPANSION_PERIODIC) {
      const W r = turn(value, first, second);
      W gradient = {0};
      if (size == 0) gradient = wide_of_two(load(dz), load(dz + 8 * other));
      UNROLL for (int e = 0; e < size; e++) gradient = wide_madd(weights[e], slopes[e], gradient);
      gradient *= negative_sine(r);
      to_phase += gradient;
      to_frequency = wide_madd(gradient, value, to_frequency);
      expanded = sine_of_turns(from_quarter(r));
    } else {
      expanded = expansion_term(kind, value, first, second);
    }
    UNROLL for (int e = 0; e < size; e++) to_projection[e] = wide_madd(expanded, slopes[e], to_projection[e]);
  }
  UNROLL for (int t = TERMS_AT_ONCE - 1; t >= 0; t--) {
    const int32_t term = t ? other : 0;
    UNROLL for (int e = 0; e < size; e++) store(sums + 8 * (term * stride + e), half_of(to_projection[e], t));
    if (kind != EXPANSION_PERIODIC) continue;
    store(frequencies + 8 * term, half_of(to_frequency, t));
    store(phases + 8 * term, half_of(to_phase, t));
  }
}

NOINLINE void wave_octets(int32_t size, const float *x, size_t x_stride, int32_t panels, int32_t other, const float *w, int32_t padded,
                          const float *projection, const float *dz, size_t dz_stride, float *sums, float *frequencies, float *phases) {
  if (size == 0) {
    octets_tile(0, EXPANSION_PERIODIC, x, x_stride, panels, other, w, padded, projection, dz, dz_stride, sums, frequencies, phases);
  }
  WITH_SIZE(size, octets_tile, EXPANSION_PERIODIC, x, x_stride, panels, other, w, padded, projection, dz, dz_stride, sums, frequencies,
            phases)
}

NOINLINE void bin_octets(int32_t size, const float *x, size_t x_stride, int32_t panels, int32_t other, const float *w, int32_t padded,
                         const float *projection, const float *dz, size_t dz_stride, float *sums) {
  WITH_SIZE(size, octets_tile, EXPANSION_PIECEWISE, x, x_stride, panels, other, w, padded, projection, dz, dz_stride, sums, NULL, NULL)
}

/** The octets of all terms of a number, and of the biases. @param dz of the first of what the number becomes beside itself */
static void add_up(int32_t kind, const float *x, size_t x_stride, int32_t panels, int32_t terms, const float *w, int32_t size,
                   const float *projection, const float *dz, size_t dz_stride, float *sums) {
  const int32_t padded = round_up4(terms), stride = round_up4(size);
  float *frequencies = sums + 8 * projection_floats(terms, size), *phases = frequencies + 8 * padded;
  EACH_HALF {
    for (int32_t f = 0; f < terms; f += TERMS_AT_ONCE) {
      const int32_t other = smaller(TERMS_AT_ONCE, terms - f) - 1;
      const float *weights = projection + f * stride, *slopes = dz + h + (size ? 0 : 8 * f);
      float *row = sums + 8 * f * stride + h;
      if (kind == EXPANSION_PERIODIC) {
        wave_octets(size, x + h, x_stride, panels, other, w + f, padded, weights, slopes, dz_stride, row, frequencies + 8 * f + h,
                    phases + 8 * f + h);
      } else {
        bin_octets(size, x + h, x_stride, panels, other, w + f, padded, weights, slopes, dz_stride, row);
      }
    }
    for (int32_t e = 0; e < size; e++) {
      const float *from = dz + 8 * e + h;
      V sum = {0};
      for (int32_t p = panels; p > 0; p--, from = on(from, dz_stride)) sum += load(from);
      store(sums + 8 * (terms * stride + e) + h, sum);
    }
  }
}

/** The same of one panel, added to the octets: of a projection to more than registers hold the sums of. */
static void add_octet(int32_t kind, const float *x, int32_t terms, const float *w, int32_t size, const float *projection, const float *dz,
                      float *sums) {
  const int32_t padded = round_up4(terms), stride = round_up4(size);
  float *frequencies = sums + 8 * projection_floats(terms, size), *phases = frequencies + 8 * padded;
  EACH_HALF {
    const W value = wide_twice(load(x + h));
    for (int32_t f = 0; f < terms; f++) {
      const W first = wide_splat(w[f]), second = second_of(kind, wide_splat(w[padded + f]));
      const V expanded = half_of(expansion_term(kind, value, first, second), 0);
      if (kind == EXPANSION_PERIODIC) {
        const W r = turn(value, first, second);
        const V gradient = term_gradient(projection + f * stride, dz + h, size) * half_of(negative_sine(r), 0);
        store(phases + 8 * f + h, load(phases + 8 * f + h) + gradient);
        store(frequencies + 8 * f + h, madd(gradient, load(x + h), load(frequencies + 8 * f + h)));
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
    if (size <= KEPT_SUMS) add_up(kind, x, x_stride, panels, terms, w, size, projection, dz + 8, dz_stride, scratch);
    for (int32_t p = size <= KEPT_SUMS ? panels : 0; p < panels; p++) {
      add_octet(kind, on(x, p * x_stride), terms, w, size, projection, on(dz, p * dz_stride) + 8, scratch);
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

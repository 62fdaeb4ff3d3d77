// Steps of an attack on inputs: up the gradient of the loss, then back into the ball of the given radius around the original
// example and into the bounds of each feature. Radius, low and high are per row. The twin of assembly/perturb.ts.
#include "examples.h"

/** What a row is confined by. */
typedef struct {
  W radius, low, high;
} Bounds;

INLINE Bounds bounds_of(const float *radius, const float *low, const float *high, int32_t row) {
  return (Bounds){wide_splat(radius[row]), wide_splat(low[row]), wide_splat(high[row])};
}

/**
 * x within [origin − radius, origin + radius] and [low, high]. Bounds give way to an original beyond them, so that an attack never
 * moves a feature further than the radius.
 */
INLINE W confine(W x, W origin, Bounds bounds) {
  const W from = wide_max(origin - bounds.radius, wide_min(bounds.low, origin));
  const W to = wide_min(origin + bounds.radius, wide_max(bounds.high, origin));
  return wide_min(wide_max(x, from), to);
}

/** −1, 0 or 1. */
INLINE W sign(W g) {
  const W one = wide_splat(1);
  return wide_keep_where(one, g > 0) - wide_keep_where(one, g < 0);
}

static void op_perturb_max(float *x, float *origin, float *gradient, size_t stride, int32_t panels, int32_t rows, float *radius,
                           float *low, float *high, float step) {
  FOR_EXAMPLES(first, panels) {
    const Examples at = examples_at(first, panels, stride);
    for (int32_t r = 0; r < rows; r++) {
      const size_t row = (size_t)r * 32;
      const Bounds bounds = bounds_of(radius, low, high, r);
      const W pace = bounds.radius * wide_splat(step);
      const W moved = load_examples(x, at, row) + pace * sign(load_examples(gradient, at, row));
      store_examples(x, at, row, confine(moved, load_examples(origin, at, row), bounds));
    }
  }
}

/** a ÷ b where b is not 0, else 0. */
INLINE W quotient(W a, W b) { return wide_clear_where(a / b, b == 0); }

/** The gradient along a row, in units of its radius. */
INLINE W slope_of(const float *gradient, Examples at, const float *radius, int32_t r) {
  return load_examples(gradient, at, (size_t)r * 32) * wide_splat(radius[r]);
}

/** A step of `step` along radius²·gradient, of length 1 in units of the radii. */
INLINE void climb(float *x, const float *gradient, Examples at, int32_t rows, const float *radius, float step) {
  // Sums of squares are taken relative to the largest.
  W largest = {0}, squares = {0};
  for (int32_t r = 0; r < rows; r++) largest = wide_max(largest, wide_magnitude(slope_of(gradient, at, radius, r)));
  for (int32_t r = 0; r < rows; r++) {
    const W share = quotient(slope_of(gradient, at, radius, r), largest);
    squares += share * share;
  }
  const W pace = quotient(wide_splat(step), wide_root(squares));
  for (int32_t r = 0; r < rows; r++) {
    const W share = quotient(slope_of(gradient, at, radius, r), largest);
    const W moved = load_examples(x, at, (size_t)r * 32) + wide_splat(radius[r]) * (pace * share);
    store_examples(x, at, (size_t)r * 32, moved);
  }
}

/** Back to a distance of at most 1 from the original, in units of the radii. */
INLINE void project(float *x, const float *origin, Examples at, int32_t rows, const float *radius, const float *low,
                    const float *high) {
  const W one = wide_splat(1);
  W squares = {0};
  for (int32_t r = 0; r < rows; r++) {
    const W away = load_examples(x, at, (size_t)r * 32) - load_examples(origin, at, (size_t)r * 32);
    const W share = quotient(away, wide_splat(radius[r]));
    squares += share * share;
  }
  const W shrink = one / wide_max(one, wide_root(squares));
  for (int32_t r = 0; r < rows; r++) {
    const W start = load_examples(origin, at, (size_t)r * 32);
    const W moved = start + shrink * (load_examples(x, at, (size_t)r * 32) - start);
    store_examples(x, at, (size_t)r * 32, confine(moved, start, bounds_of(radius, low, high, r)));
  }
}

static void op_perturb_euclidean(float *x, float *origin, float *gradient, size_t stride, int32_t panels, int32_t rows,
                                 float *radius, float *low, float *high, float step) {
  FOR_EXAMPLES(first, panels) {
    const Examples at = examples_at(first, panels, stride);
    climb(x, gradient, at, rows, radius, step);
    project(x, origin, at, rows, radius, low, high);
  }
}

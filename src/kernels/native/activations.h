// Activations outside the piecewise linear family, with the derivatives they need; sums and products of blocks; and the activity
// penalty. The twin of assembly/activations.ts, activity.ts and the elementwise half of tangents.ts.
#include "examples.h"
#include "functions.h"

/** Number 3 is softplus; ACTIVATION_KIND in kernels.ts. */
enum { ACTIVATION_TANH, ACTIVATION_SIGMOID, ACTIVATION_GELU };

static const float DENSITY_AT_0 = 0.398942280f; // of the normal distribution

/** The activation at z; `derivative` receives that of h by z. */
INLINE W activation(int32_t kind, W z, W *derivative) {
  const W one = wide_splat(1);
  if (kind == ACTIVATION_TANH) {
    const W y = hyperbolic_tangent(z);
    // (1 − y)(1 + y) keeps its precision where y² would round to 1.
    *derivative = (one - y) * (one + y);
    return y;
  }
  if (kind == ACTIVATION_SIGMOID) {
    const W y = sigmoid(z);
    *derivative = y * (one - y);
    return y;
  }
  if (kind == ACTIVATION_GELU) {
    const W phi = wide_madd(wide_splat(0.5f), error_function(z * wide_splat(0.707106781f)), wide_splat(0.5f));
    *derivative = wide_madd(z, wide_splat(DENSITY_AT_0) * exp_negative(wide_splat(-0.5f) * z * z), phi);
    return z * phi;
  }
  *derivative = sigmoid(z);
  return softplus(z);
}

INLINE void activate_run(int32_t kind, float *h, float *derivative, size_t bytes) {
  for (size_t at = 0; at < bytes; at += sizeof(W)) {
    W slope;
    store_run(on(h, at), bytes - at, activation(kind, load_run(on(h, at), bytes - at), &slope));
    if (derivative) store_run(on(derivative, at), bytes - at, slope);
  }
}

static void op_activate(int32_t kind, float *h, float *derivative, size_t stride, int32_t panels) {
  const size_t bytes = stride * (size_t)panels;
  // A loop for each, so that none asks which it is for every vector.
  if (kind == ACTIVATION_TANH) activate_run(ACTIVATION_TANH, h, derivative, bytes);
  else if (kind == ACTIVATION_SIGMOID) activate_run(ACTIVATION_SIGMOID, h, derivative, bytes);
  else if (kind == ACTIVATION_GELU) activate_run(ACTIVATION_GELU, h, derivative, bytes);
  else activate_run(ACTIVATION_GELU + 1, h, derivative, bytes);
}

/** tanh −2y(1 − y²); sigmoid s(1 − s)(1 − 2s); gelu φ(z)(2 − z²); softplus s(1 − s). */
INLINE W second_derivative_at(int32_t kind, W z) {
  const W one = wide_splat(1);
  if (kind == ACTIVATION_TANH) {
    const W y = hyperbolic_tangent(z);
    return wide_splat(-2) * (y * ((one - y) * (one + y)));
  }
  if (kind == ACTIVATION_GELU) {
    const W square = z * z;
    const W density = wide_splat(DENSITY_AT_0) * exp_negative(wide_splat(-0.5f) * square);
    // Far out the square overflows, but the density is exactly 0 long before; 0 × −∞ must not be NaN.
    return density * (wide_splat(2) - wide_min(square, wide_splat(1000)));
  }
  const W s = sigmoid(z), rest = one - s;
  return kind == ACTIVATION_SIGMOID ? s * rest * (rest - s) : s * rest;
}

INLINE void second_derivative_run(int32_t kind, const float *z, float *out, size_t bytes) {
  for (size_t at = 0; at < bytes; at += sizeof(W)) {
    store_run(on(out, at), bytes - at, second_derivative_at(kind, load_run(on(z, at), bytes - at)));
  }
}

static void op_second_derivative(int32_t kind, float *z, float *out, size_t stride, int32_t panels) {
  const size_t bytes = stride * (size_t)panels;
  if (kind == ACTIVATION_TANH) second_derivative_run(ACTIVATION_TANH, z, out, bytes);
  else if (kind == ACTIVATION_SIGMOID) second_derivative_run(ACTIVATION_SIGMOID, z, out, bytes);
  else if (kind == ACTIVATION_GELU) second_derivative_run(ACTIVATION_GELU, z, out, bytes);
  else second_derivative_run(ACTIVATION_GELU + 1, z, out, bytes);
}

static void op_product(float *a, float *b, float *out, size_t stride, int32_t panels) {
  const size_t bytes = stride * (size_t)panels;
  for (size_t at = 0; at < bytes; at += sizeof(W)) {
    store_run(on(out, at), bytes - at, load_run(on(a, at), bytes - at) * load_run(on(b, at), bytes - at));
  }
}

static void op_multiply(float *a, float *b, size_t stride, int32_t panels) { op_product(a, b, a, stride, panels); }

static void op_multiply_slope(float *a, float *h, float slope, size_t stride, int32_t panels) {
  const size_t bytes = stride * (size_t)panels;
  const W slopes = wide_splat(slope);
  const J change = wide_gate_of(slopes);
  for (size_t at = 0; at < bytes; at += sizeof(W)) {
    const W factor = wide_gate(load_run(on(h, at), bytes - at), slopes, change);
    store_run(on(a, at), bytes - at, load_run(on(a, at), bytes - at) * factor);
  }
}

static void op_add(float *a, float *b, size_t stride, int32_t panels) {
  const size_t bytes = stride * (size_t)panels;
  for (size_t at = 0; at < bytes; at += sizeof(W)) {
    store_run(on(a, at), bytes - at, load_run(on(a, at), bytes - at) + load_run(on(b, at), bytes - at));
  }
}

static void op_add_product(float *sum, float *a, float *b, float *c, size_t stride, int32_t panels) {
  const size_t bytes = stride * (size_t)panels;
  for (size_t at = 0; at < bytes; at += sizeof(W)) {
    const W factor = load_run(on(a, at), bytes - at) * load_run(on(b, at), bytes - at);
    const W more = wide_madd(factor, load_run(on(c, at), bytes - at), load_run(on(sum, at), bytes - at));
    store_run(on(sum, at), bytes - at, more);
  }
}

static void op_add_activity_gradient(float *dh, float *h, size_t stride, int32_t panels, int32_t rows, float *row_weights,
                                     float strength, float slope) {
  const W one = wide_splat(1), slopes = wide_splat(slope);
  FOR_EXAMPLES(first, panels) {
    const Examples at = examples_at(first, panels, stride);
    const W alpha = load_examples(row_weights, examples_at(first, panels, 32), 0) * wide_splat(strength);
    for (size_t row = 0; row < (size_t)rows * 32; row += 32) {
      const W value = load_examples(h, at, row);
      const W sign = wide_keep_where(one, value > 0) - wide_keep_where(slopes, value < 0);
      store_examples(dh, at, row, load_examples(dh, at, row) + alpha * sign);
    }
  }
}

static double op_count_active(float *h, size_t stride, int32_t rows, int32_t count, float threshold) {
  const int32_t panels = (count + 7) / 8;
  const W limit = wide_splat(threshold);
  double total = 0;
  FOR_EXAMPLES(first, panels) {
    const Examples at = examples_at(first, panels, stride);
    // −1 for each active unit of each example; a panel has far fewer than 2³¹ rows.
    J active = {0};
    for (size_t row = 0; row < (size_t)rows * 32; row += 32) active += wide_magnitude(load_examples(h, at, row)) > limit;
    for (int32_t lane = 0; lane < smaller(WIDE, count - first); lane++) total -= active[lane];
  }
  return total;
}

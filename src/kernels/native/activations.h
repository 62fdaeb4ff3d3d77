// Activations outside the piecewise linear family, with the derivatives they need; sums and products of blocks; and the activity
// penalty. The twin of assembly/activations.ts, activity.ts and the elementwise half of tangents.ts.
#include "examples.h"
#include "functions.h"

/** activation-kind.ts. */
enum {
  ACTIVATION_TANH,
  ACTIVATION_SIGMOID,
  ACTIVATION_GELU,
  ACTIVATION_SOFTPLUS,
  ACTIVATION_SELU,
  ACTIVATION_SILU,
  ACTIVATION_MISH
};

static const float DENSITY_AT_0 = 0.398942280f; // of the normal distribution

// λ and λα of Klambauer et al. (2017), Self-normalizing neural networks.
static const float SELU_SCALE = 1.05070099f;
static const float SELU_DEPTH = 1.75809934f;

/** t = tanh(ln(1 + e^z)), in powers of e^−|z| alone; `steep` receives dt/dz = (1 − t)(1 + t)·`s`, s the sigmoid at z. */
INLINE W mish_share(W z, W s, W *steep) {
  const W one = wide_splat(1), two = wide_splat(2);
  const W u = exp_negative(-wide_magnitude(z));
  const W top = wide_choose(z < 0, u * (u + two), wide_madd(two, u, one));
  const W rest = wide_choose(z < 0, two, two * u * u);
  const W whole = top + rest, t = top / whole;
  *steep = rest / whole * (one + t) * s;
  return t;
}

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
  if (kind == ACTIVATION_SELU) {
    const W low = wide_pmin(z, (W){0}), scale = wide_splat(SELU_SCALE), depth = wide_splat(SELU_DEPTH);
    *derivative = wide_choose(z > 0, scale, depth * exp_negative(low));
    return wide_choose(z > 0, scale * z, depth * exp_negative_less_1(low));
  }
  if (kind == ACTIVATION_SILU) {
    const W s = sigmoid(z), h = z * s;
    *derivative = wide_madd(h, one - s, s);
    return h;
  }
  if (kind == ACTIVATION_MISH) {
    W steep;
    const W t = mish_share(z, sigmoid(z), &steep);
    *derivative = wide_madd(z, steep, t);
    return z * t;
  }
  *derivative = sigmoid(z);
  return softplus(z);
}

INLINE void activate_block(int32_t kind, float *h, float *derivative, size_t stride, int32_t panels) {
  W slope;
  if (derivative) {
    FOR_BLOCK(at, stride, panels) {
      wide_store(on(h, at), activation(kind, wide_load(on(h, at)), &slope));
      wide_store(on(derivative, at), slope);
    }
  } else {
    // A loop of its own, in which no derivative is computed.
    FOR_BLOCK(at, stride, panels) wide_store(on(h, at), activation(kind, wide_load(on(h, at)), &slope));
  }
}

static void op_activate(int32_t kind, float *h, float *derivative, size_t stride, int32_t panels) {
  // A loop for each, so that none asks which it is for every vector.
  if (kind == ACTIVATION_TANH) activate_block(ACTIVATION_TANH, h, derivative, stride, panels);
  else if (kind == ACTIVATION_SIGMOID) activate_block(ACTIVATION_SIGMOID, h, derivative, stride, panels);
  else if (kind == ACTIVATION_GELU) activate_block(ACTIVATION_GELU, h, derivative, stride, panels);
  else if (kind == ACTIVATION_SOFTPLUS) activate_block(ACTIVATION_SOFTPLUS, h, derivative, stride, panels);
  else if (kind == ACTIVATION_SELU) activate_block(ACTIVATION_SELU, h, derivative, stride, panels);
  else if (kind == ACTIVATION_SILU) activate_block(ACTIVATION_SILU, h, derivative, stride, panels);
  else activate_block(ACTIVATION_MISH, h, derivative, stride, panels);
}

/**
 * tanh −2y(1 − y²); sigmoid s(1 − s)(1 − 2s); gelu φ(z)(2 − z²); softplus s(1 − s); selu 0 or λα·e^z; of z·f(z), silu with f = s and
 * mish, 2f′ + z·f″.
 */
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
  if (kind == ACTIVATION_SELU) {
    return wide_clear_where(wide_splat(SELU_DEPTH) * exp_negative(wide_pmin(z, (W){0})), z > 0);
  }
  const W s = sigmoid(z), rest = one - s;
  if (kind == ACTIVATION_SILU) {
    const W slope = s * rest;
    return wide_madd(slope * z, rest - s, slope + slope);
  }
  if (kind == ACTIVATION_MISH) {
    W slope;
    const W t = mish_share(z, s, &slope);
    return wide_madd(slope * z, rest - wide_splat(2) * t * s, slope + slope);
  }
  return kind == ACTIVATION_SIGMOID ? s * rest * (rest - s) : s * rest;
}

INLINE void second_derivative_block(int32_t kind, const float *z, float *out, size_t stride, int32_t panels) {
  FOR_BLOCK(at, stride, panels) {
    wide_store(on(out, at), second_derivative_at(kind, wide_load(on(z, at))));
  }
}

static void op_second_derivative(int32_t kind, float *z, float *out, size_t stride, int32_t panels) {
  if (kind == ACTIVATION_TANH) second_derivative_block(ACTIVATION_TANH, z, out, stride, panels);
  else if (kind == ACTIVATION_SIGMOID) second_derivative_block(ACTIVATION_SIGMOID, z, out, stride, panels);
  else if (kind == ACTIVATION_GELU) second_derivative_block(ACTIVATION_GELU, z, out, stride, panels);
  else if (kind == ACTIVATION_SOFTPLUS) second_derivative_block(ACTIVATION_SOFTPLUS, z, out, stride, panels);
  else if (kind == ACTIVATION_SELU) second_derivative_block(ACTIVATION_SELU, z, out, stride, panels);
  else if (kind == ACTIVATION_SILU) second_derivative_block(ACTIVATION_SILU, z, out, stride, panels);
  else second_derivative_block(ACTIVATION_MISH, z, out, stride, panels);
}

static void op_product(float *a, float *b, float *out, size_t stride, int32_t panels) {
  FOR_BLOCK(at, stride, panels) {
    wide_store(on(out, at), wide_load(on(a, at)) * wide_load(on(b, at)));
  }
}

static void op_multiply(float *a, float *b, size_t stride, int32_t panels) { op_product(a, b, a, stride, panels); }

static void op_multiply_slope(float *a, float *h, float slope, size_t stride, int32_t panels) {
  const W slopes = wide_splat(slope);
  const J change = wide_gate_of(slopes);
  FOR_BLOCK(at, stride, panels) {
    const W factor = wide_gate(wide_load(on(h, at)), slopes, change);
    wide_store(on(a, at), wide_load(on(a, at)) * factor);
  }
}

static void op_add(float *a, float *b, size_t stride, int32_t panels) {
  FOR_BLOCK(at, stride, panels) {
    wide_store(on(a, at), wide_load(on(a, at)) + wide_load(on(b, at)));
  }
}

static void op_add_product(float *sum, float *a, float *b, float *c, size_t stride, int32_t panels) {
  FOR_BLOCK(at, stride, panels) {
    const W factor = wide_load(on(a, at)) * wide_load(on(b, at));
    const W more = wide_madd(factor, wide_load(on(c, at)), wide_load(on(sum, at)));
    wide_store(on(sum, at), more);
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

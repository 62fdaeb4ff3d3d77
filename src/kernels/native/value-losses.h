// Losses of numbers beside the squared error, and the focal loss of classes: the twin of assembly/value-losses.ts and focal-loss.ts.
#include "examples.h"
#include "functions.h"

static double op_huber(float *z, size_t stride, int32_t panels, int32_t outputs, float *targets, size_t targets_stride, float delta,
                       float *row_weights, float *dz) {
  const W share = wide_splat(1 / (float)outputs), low = wide_splat(-delta), high = wide_splat(delta), half = wide_splat(0.5f);
  double total = 0;
  FOR_EXAMPLES(first, panels) {
    const Examples at = examples_at(first, panels, stride), truth = examples_at(first, panels, targets_stride);
    const W weight = load_examples(row_weights, examples_at(first, panels, 32), 0) * share;
    W sum = {0};
    for (size_t row = 0; row < (size_t)outputs * 32; row += 32) {
      const W residual = load_examples(z, at, row) - load_examples(targets, truth, row);
      const W held = wide_pmin(wide_pmax(residual, low), high);
      sum = wide_madd(held, residual - half * held, sum);
      if (dz) store_examples(dz, at, row, weight * held);
    }
    total = add_losses(total, weight * sum, first, panels);
  }
  if (dz) clear_padding_rows(dz, stride, panels, outputs);
  return total;
}

static double op_poisson_nll(float *z, size_t stride, int32_t panels, int32_t outputs, float *targets, size_t targets_stride,
                             float *factors, float *row_weights, float *dz) {
  const W share = wide_splat(1 / (float)outputs);
  double total = 0;
  FOR_EXAMPLES(first, panels) {
    const Examples at = examples_at(first, panels, stride), truth = examples_at(first, panels, targets_stride);
    const W weight = load_examples(row_weights, examples_at(first, panels, 32), 0) * share;
    W sum = {0};
    for (int32_t r = 0; r < outputs; r++) {
      const size_t row = (size_t)r * 32;
      const W value = load_examples(z, at, row), rate = exp_any(value);
      const W count = wide_madd(wide_splat(factors[r]), load_examples(targets, truth, row), wide_splat(factors[outputs + r]));
      sum += rate - count * value;
      if (dz) store_examples(dz, at, row, weight * (rate - count));
    }
    total = add_losses(total, weight * sum, first, panels);
  }
  if (dz) clear_padding_rows(dz, stride, panels, outputs);
  return total;
}

/** What a level's loss falls by as its quantile rises: τ where the target is above it, else τ − 1. */
INLINE W pinball_pull(W residual, W level, W below) { return wide_choose(residual > 0, level, below); }

/** The examples of one target, whose first row is `row`, `step` bytes before the next level's; returns their losses over the levels. */
INLINE W pinball_lanes(const float *z, Examples at, size_t row, size_t step, W target, const float *levels, int32_t level_count,
                       W weight, float *dz) {
  const W one = wide_splat(1);
  W sum = {0}, pulls = {0}, quantile = {0};
  for (int32_t l = 0; l < level_count; l++) {
    const W value = load_examples(z, at, row + (size_t)l * step);
    quantile = l == 0 ? value : quantile + softplus(value);
    const W level = wide_splat(levels[l]), below = level - one, residual = target - quantile;
    sum += wide_pmax(level * residual, below * residual);
    pulls += pinball_pull(residual, level, below);
  }
  // A row of z moves its level and all above it: what is left of all pulls after those below.
  for (int32_t l = 0; dz && l < level_count; l++) {
    const W value = load_examples(z, at, row + (size_t)l * step);
    quantile = l == 0 ? value : quantile + softplus(value);
    const W level = wide_splat(levels[l]), below = level - one;
    const W slope = l == 0 ? weight : weight * sigmoid(value);
    store_examples(dz, at, row + (size_t)l * step, -(slope * pulls));
    pulls -= pinball_pull(target - quantile, level, below);
  }
  return sum;
}

static double op_pinball(float *z, size_t stride, int32_t panels, int32_t outputs, float *targets, size_t targets_stride, float *levels,
                         int32_t level_count, float *row_weights, float *dz) {
  const size_t bytes = (size_t)outputs * 32;
  const W share = wide_splat(1 / (float)(outputs * level_count));
  double total = 0;
  FOR_EXAMPLES(first, panels) {
    const Examples at = examples_at(first, panels, stride), truth = examples_at(first, panels, targets_stride);
    const W weight = load_examples(row_weights, examples_at(first, panels, 32), 0) * share;
    W sum = {0};
    for (size_t row = 0; row < bytes; row += 32) {
      sum += pinball_lanes(z, at, row, bytes, load_examples(targets, truth, row), levels, level_count, weight, dz);
    }
    total = add_losses(total, weight * sum, first, panels);
  }
  if (dz) clear_padding_rows(dz, stride, panels, outputs * level_count);
  return total;
}

/** Through −z and z apart: no cancellation near either end. */
static double op_binary_cross_entropies(float *z, size_t stride, int32_t panels, int32_t outputs, float *targets, size_t targets_stride,
                                        float *row_weights, float *dz) {
  const W share = wide_splat(1 / (float)outputs), one = wide_splat(1);
  double total = 0;
  FOR_EXAMPLES(first, panels) {
    const Examples at = examples_at(first, panels, stride), truth = examples_at(first, panels, targets_stride);
    const W weight = load_examples(row_weights, examples_at(first, panels, 32), 0) * share;
    W sum = {0};
    for (size_t row = 0; row < (size_t)outputs * 32; row += 32) {
      const W value = load_examples(z, at, row), yes = load_examples(targets, truth, row), no = one - yes;
      sum += wide_madd(no, softplus(value), yes * softplus(-value));
      if (dz) store_examples(dz, at, row, weight * (no * sigmoid(value) - yes * sigmoid(-value)));
    }
    total = add_losses(total, weight * sum, first, panels);
  }
  if (dz) clear_padding_rows(dz, stride, panels, outputs);
  return total;
}

static double op_focal_cross_entropy(float *z, size_t stride, int32_t panels, int32_t classes, int32_t *labels, float focus,
                                     float *row_weights, float *dz) {
  double total = 0;
  if (dz) clear_padding_rows(dz, stride, panels, classes);
  if (classes <= 0) return total;
  FOR_EXAMPLES(first, panels) {
    const Examples at = examples_at(first, panels, stride), single = examples_at(first, panels, 32);
    const W weight = load_examples(row_weights, single, 0), power_of = wide_splat(focus);
    const J label = (J)load_examples(labels, single, 0);
    W highest, sum = {0}, rest = {0}, own = {0};
    const W at_label = scan_scores(z, at, classes, label, &highest);
    for (int32_t r = 0; r < classes; r++) {
      const W e = exp_negative(load_examples(z, at, (size_t)r * 32) - highest);
      const J is_label = label == r;
      sum += e;
      rest += wide_clear_where(e, is_label);
      own = (W)((J)own | ((J)e & is_label));
      if (dz) store_examples(dz, at, (size_t)r * 32, e);
    }
    // 1 − p as the sum of the other classes, which does not cancel; the least keeps its logarithm finite.
    const W missing = wide_pmax(rest / sum, wide_splat(1e-30f));
    const W entropy = ln(sum) + (highest - at_label);
    const W power = exp_negative(power_of * ln(missing));
    const W factor = weight * (power * (wide_splat(1) + power_of * (own / sum) * (entropy / missing)));
    const W scale = factor / sum;
    for (int32_t r = 0; dz && r < classes; r++) {
      const W target = wide_keep_where(factor, label == r);
      store_examples(dz, at, (size_t)r * 32, load_examples(dz, at, (size_t)r * 32) * scale - target);
    }
    total = add_losses(total, weight * (power * entropy), first, panels);
  }
  return total;
}

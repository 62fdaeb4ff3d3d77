// Losses on panels: the weighted sum over the batch in double precision, and dz when asked. Each example's loss is its lane's
// business; the sum takes them one after the other. The twin of assembly/losses.ts and label-smoothing.ts.
#include "examples.h"
#include "functions.h"

/** The examples' scores of the class that is their label; 0 where it has no row. Leaves the highest of all in `highest`. */
INLINE W scan_scores(const float *z, Examples at, int32_t classes, J label, W *highest) {
  W most = load_examples(z, at, 0), at_label = {0};
  for (int32_t r = 0; r < classes; r++) {
    const W score = load_examples(z, at, (size_t)r * 32);
    most = wide_pmax(most, score);
    at_label = (W)((J)at_label | ((J)score & (label == r)));
  }
  *highest = most;
  return at_label;
}

static double op_softmax_cross_entropy(float *z, size_t stride, int32_t panels, int32_t classes, int32_t *labels,
                                       float *row_weights, float *dz) {
  double total = 0;
  if (dz) clear_padding_rows(dz, stride, panels, classes);
  if (classes <= 0) return total;
  FOR_EXAMPLES(first, panels) {
    const Examples at = examples_at(first, panels, stride), own = examples_at(first, panels, 32);
    const W weight = load_examples(row_weights, own, 0);
    const J label = (J)load_examples(labels, own, 0);
    W highest, sum = {0};
    const W at_label = scan_scores(z, at, classes, label, &highest);
    for (int32_t r = 0; r < classes; r++) {
      const W e = exp_negative(load_examples(z, at, (size_t)r * 32) - highest);
      sum += e;
      if (dz) store_examples(dz, at, (size_t)r * 32, e);
    }
    const W scale = weight / sum;
    for (int32_t r = 0; dz && r < classes; r++) {
      const W target = wide_keep_where(weight, label == r);
      store_examples(dz, at, (size_t)r * 32, load_examples(dz, at, (size_t)r * 32) * scale - target);
    }
    total = add_losses(total, weight * (ln(sum) + (highest - at_label)), first, panels);
  }
  return total;
}

/** Loss softplus(z) − y·z, written as softplus(−z) for y = 1 and softplus(z) for y = 0. */
static double op_binary_cross_entropy(float *z, size_t stride, int32_t panels, int32_t *labels, float *row_weights, float *dz) {
  double total = 0;
  FOR_EXAMPLES(first, panels) {
    const Examples at = examples_at(first, panels, stride), own = examples_at(first, panels, 32);
    const W weight = load_examples(row_weights, own, 0);
    const J sign = ((J)load_examples(labels, own, 0) == 1) & INT32_MIN;
    const W flipped = (W)((J)load_examples(z, at, 0) ^ sign);
    // σ(z) − y is σ(z) for y = 0 and −σ(−z) for y = 1: no cancellation near either end.
    if (dz) store_examples(dz, at, 0, weight * (W)((J)sigmoid(flipped) ^ sign));
    total = add_losses(total, weight * softplus(flipped), first, panels);
  }
  if (dz) clear_padding_rows(dz, stride, panels, 1);
  return total;
}

static double op_squared_error(float *z, size_t stride, int32_t panels, int32_t outputs, float *targets, size_t targets_stride,
                               float *row_weights, float *dz) {
  const W share = wide_splat(1 / (float)outputs);
  double total = 0;
  FOR_EXAMPLES(first, panels) {
    const Examples at = examples_at(first, panels, stride), truth = examples_at(first, panels, targets_stride);
    const W weight = load_examples(row_weights, examples_at(first, panels, 32), 0) * share;
    W sum = {0};
    for (size_t row = 0; row < (size_t)outputs * 32; row += 32) {
      const W residual = load_examples(z, at, row) - load_examples(targets, truth, row);
      sum = wide_madd(residual, residual, sum);
      if (dz) store_examples(dz, at, row, (weight + weight) * residual);
    }
    total = add_losses(total, weight * sum, first, panels);
  }
  if (dz) clear_padding_rows(dz, stride, panels, outputs);
  return total;
}

/** dμ = (μ − y)/σ², draw = ½ (1 − (y − μ)²/σ²)/σ² · sigmoid(raw), each times weight / outputs. */
static double op_gaussian_nll(float *z, size_t stride, int32_t panels, int32_t outputs, float *targets, size_t targets_stride,
                              float *row_weights, float *dz) {
  const size_t bytes = (size_t)outputs * 32;
  const W share = wide_splat(1 / (float)outputs), one = wide_splat(1), half = wide_splat(0.5f);
  double total = 0;
  FOR_EXAMPLES(first, panels) {
    const Examples at = examples_at(first, panels, stride), truth = examples_at(first, panels, targets_stride);
    const W weight = load_examples(row_weights, examples_at(first, panels, 32), 0) * share;
    W sum = {0};
    for (size_t row = 0; row < bytes; row += 32) {
      const W raw = load_examples(z, at, bytes + row), variance = variance_of(raw);
      const W residual = load_examples(z, at, row) - load_examples(targets, truth, row);
      const W scaled = residual / variance, fit = scaled * residual;
      sum += ln(variance) + fit;
      if (!dz) continue;
      store_examples(dz, at, row, weight * scaled);
      store_examples(dz, at, bytes + row, weight * (half * (one - fit) * sigmoid(raw) / variance));
    }
    total = add_losses(total, weight * half * sum, first, panels);
  }
  if (dz) clear_padding_rows(dz, stride, panels, 2 * outputs);
  return total;
}

/** One logit: s·(y − ½)·z, as two classes with logits 0 and z give. */
INLINE W smooth_logit(const float *z, Examples at, J label, W weight, float smoothing, float *dz) {
  const W change = (W)((J)wide_splat(-0.5f * smoothing) ^ ((label == 1) & INT32_MIN));
  if (dz) store_examples(dz, at, 0, wide_madd(weight, change, load_examples(dz, at, 0)));
  return change * load_examples(z, at, 0);
}

/** What the losses grow by, not yet weighted: s·(z_label − mean z). */
INLINE W smooth_scores(const float *z, Examples at, int32_t classes, J label, W weight, float smoothing, float *dz) {
  const W share = wide_splat(smoothing / (float)classes), whole = wide_splat(smoothing);
  W sum = {0}, at_label = {0};
  for (int32_t r = 0; r < classes; r++) {
    const W score = load_examples(z, at, (size_t)r * 32);
    const J is_label = label == r;
    sum += score;
    at_label = (W)((J)at_label | ((J)score & is_label));
    if (!dz) continue;
    const W change = wide_keep_where(whole, is_label) - share;
    store_examples(dz, at, (size_t)r * 32, wide_madd(weight, change, load_examples(dz, at, (size_t)r * 32)));
  }
  return whole * at_label - share * sum;
}

static double op_smooth_labels(float *z, size_t stride, int32_t panels, int32_t rows, int32_t *labels, float *row_weights,
                               float smoothing, float *dz) {
  double total = 0;
  FOR_EXAMPLES(first, panels) {
    const Examples at = examples_at(first, panels, stride), own = examples_at(first, panels, 32);
    const W weight = load_examples(row_weights, own, 0);
    const J label = (J)load_examples(labels, own, 0);
    const W growth = rows == 1 ? smooth_logit(z, at, label, weight, smoothing, dz)
                               : smooth_scores(z, at, rows, label, weight, smoothing, dz);
    total = add_losses(total, weight * growth, first, panels);
  }
  return total;
}

static double op_tangent_penalty(float *u, size_t stride, int32_t panels, int32_t rows, float *row_weights, float strength,
                                 float *du) {
  double total = 0;
  FOR_EXAMPLES(first, panels) {
    const Examples at = examples_at(first, panels, stride);
    const W weight = wide_splat(strength) * load_examples(row_weights, examples_at(first, panels, 32), 0);
    W squares = {0};
    for (size_t row = 0; row < (size_t)rows * 32; row += 32) {
      const W value = load_examples(u, at, row);
      squares = wide_madd(value, value, squares);
      store_examples(du, at, row, (weight + weight) * value);
    }
    total = add_losses(total, weight * squares, first, panels);
  }
  clear_padding_rows(du, stride, panels, rows);
  return total;
}

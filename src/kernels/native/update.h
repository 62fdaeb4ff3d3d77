// What becomes of a gradient: stored, accumulated, or applied by an optimizer; parameter tying; denormals. Flat and elementwise,
// the arithmetic of assembly/update.ts. Gradients lie anywhere, weights and their moments in the memory of the program.
#ifndef TUTTI_UPDATE_H
#define TUTTI_UPDATE_H

#include "formats.h"
#include "lanes.h"

/** The weight's place in another region: a moment, or a stored gradient. Differences of addresses wrap at 2^32, as in wasm. */
INLINE float *moment(char *memory, const float *w, uint32_t offset) {
  return (float *)(memory + (uint32_t)((uint32_t)((const char *)w - memory) + offset));
}

/** The statements for every vector from `index`, `part` floats each: whole ones, then what is left of `count`, a multiple of 4. */
#define EACH_VECTOR(index, part, count, ...) \
  { \
    size_t index = 0; \
    for (; index + WIDE <= (count); index += WIDE) { \
      const int32_t part = WIDE; \
      __VA_ARGS__ \
    } \
    if (index < (count)) { \
      const int32_t part = (int32_t)((count) - index); \
      __VA_ARGS__ \
    } \
  }
INLINE W load_part(const float *from, int32_t count) { return count == WIDE ? wide_load(from) : wide_load_some(from, count); }
INLINE void store_part(float *to, int32_t count, W a) {
  if (count == WIDE) wide_store(to, a);
  else wide_store_some(to, count, a);
}

/** g + l2·w + l1·sign(w). */
INLINE W penalise(W g, W w, const struct update *block) {
  const J sign = (J)w & (J)wide_splat(-0.0f);
  const J pull = ((J)wide_splat(block->l1) | sign) & (w != 0);
  return wide_madd(wide_splat(block->l2), w, g) + (W)pull;
}

/** PyTorch's SGD: buffer = momentum·buffer + g; w −= lr·buffer, or lr·(g + momentum·buffer) with Nesterov. */
INLINE void sgd(int penalised, char *memory, float *w, const float *gradient, size_t count, const struct update *update, float size) {
  // A copy, so that no store can be thought to change it; below too.
  const struct update block = *update;
  const W step = wide_splat(-size), momentum = wide_splat(block.beta1);
  float *buffers = moment(memory, w, block.first);
  EACH_VECTOR(i, part, count, {
    const W weight = load_part(w + i, part);
    W g = load_part(gradient + i, part);
    if (penalised) g = penalise(g, weight, &block);
    if (block.beta1 != 0) {
      const W buffer = wide_madd(momentum, load_part(buffers + i, part), g);
      store_part(buffers + i, part, buffer);
      g = block.nesterov ? wide_madd(momentum, buffer, g) : buffer;
    }
    store_part(w + i, part, wide_madd(step, g, weight));
  })
}

/** Adam's new weight; its moments are replaced. The step's size and the tolerance carry the bias corrections. */
INLINE W adam_weight(W weight, W g, W *m, W *v, const struct update *block, float keep, float size) {
  *m = wide_madd(wide_splat(block->beta1), *m, wide_splat(block->one_minus_beta1) * g);
  *v = wide_madd(wide_splat(block->beta2), *v, wide_splat(block->one_minus_beta2) * g * g);
  const W direction = *m / (wide_root(*v) + wide_splat(block->tolerance));
  return wide_madd(wide_splat(-size), direction, wide_splat(keep) * weight);
}

/** Adam and AdamW. */
INLINE void adam(int penalised, char *memory, float *w, const float *gradient, size_t count, const struct update *update, float keep, float size) {
  const struct update block = *update;
  float *first = moment(memory, w, block.first), *second = moment(memory, w, block.second);
  EACH_VECTOR(i, part, count, {
    const W weight = load_part(w + i, part);
    W g = load_part(gradient + i, part), m = load_part(first + i, part), v = load_part(second + i, part);
    if (penalised) g = penalise(g, weight, &block);
    const W moved = adam_weight(weight, g, &m, &v, &block, keep, size);
    store_part(first + i, part, m);
    store_part(second + i, part, v);
    store_part(w + i, part, moved);
  })
}

/**
 * Updates `bytes` (a multiple of 16) of weights, or of biases, which no penalty and no decay touches and whose steps have a size
 * of their own; in a layer's order, so that weights may be handed over in pieces.
 */
static void update(char *memory, float *w, const float *gradient, size_t bytes, const struct update *block, int are_weights) {
  const size_t count = bytes / 4;
  const float size = are_weights ? block->step_size : block->bias_step_size;
  const int penalised = are_weights && (block->l1 != 0 || block->l2 != 0);
  if (block->mode == UPDATE_ADAM) {
    const float keep = are_weights ? block->keep : 1;
    if (penalised) adam(1, memory, w, gradient, count, block, keep, size);
    else adam(0, memory, w, gradient, count, block, keep, size);
  } else if (block->mode == UPDATE_SGD) {
    if (penalised) sgd(1, memory, w, gradient, count, block, size);
    else sgd(0, memory, w, gradient, count, block, size);
  } else {
    float *stored = moment(memory, w, block->first);
    const int adds = block->mode == UPDATE_ACCUMULATE;
    EACH_VECTOR(i, part, count, {
      const W g = load_part(gradient + i, part);
      store_part(stored + i, part, adds ? load_part(stored + i, part) + g : g);
    })
  }
}

static void op_apply_update(char *memory, float *w, float *gradient, int32_t weight_count, int32_t bias_count,
                            const struct update *block) {
  update(memory, w, gradient, 4 * (size_t)weight_count, block, 1);
  update(memory, w + weight_count, gradient + weight_count, 4 * (size_t)bias_count, block, 0);
}

/** w += share × (anchor − w). A weight that equals its anchor stays as it is. */
static void op_pull_toward(float *w, float *anchor, int32_t count, float share) {
  EACH_VECTOR(i, part, (size_t)count, {
    const W weight = load_part(w + i, part);
    store_part(w + i, part, wide_madd(wide_splat(share), load_part(anchor + i, part) - weight, weight));
  })
}

/** Zeroes every value with magnitude below the threshold. */
static void op_flush_denormals(float *values, int32_t count, float threshold) {
  EACH_VECTOR(i, part, (size_t)count, {
    const J value = (J)load_part(values + i, part);
    const J is_small = (W)(value & 0x7fffffff) < wide_splat(threshold);
    store_part(values + i, part, (W)(value & ~is_small));
  })
}

#endif

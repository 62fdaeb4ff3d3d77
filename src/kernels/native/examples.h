// What the kernels that are no matrix products share: blocks of panels, and examples beside each other in a vector.
#ifndef TUTTI_EXAMPLES_H
#define TUTTI_EXAMPLES_H

#include "lanes.h"

/** Byte offsets of the vectors of a block of panels, whose strides are multiples of 128: vectors fill it. */
#define FOR_BLOCK(at, stride, panels) for (size_t at = 0; at < (stride) * (size_t)(panels); at += sizeof(W))

/**
 * The WIDE examples of a W in panels of one stride: two panels on AVX-512, one on AVX2, half a panel on NEON.
 * Where panels are odd in number, the last is there twice: whatever is done is done to both alike.
 */
typedef struct {
  /** Bytes from row 0 of the first panel to the first example and to the ninth. */
  size_t low, high;
} Examples;

INLINE Examples examples_at(int32_t first, int32_t panels, size_t stride) {
  const size_t panel = (size_t)first / 8, low = panel * stride + (size_t)(first % 8) * sizeof(float);
  return (Examples){low, first + 8 < panels * 8 ? low + stride : low};
}

/** The examples of all panels, WIDE at a time. */
#define FOR_EXAMPLES(first, panels) for (int32_t first = 0; first < (panels) * 8; first += WIDE)

/** The examples' values in a row that is `row` bytes from row 0. */
INLINE W load_examples(const void *panels, Examples at, size_t row) {
  const char *from = (const char *)panels + row;
#ifdef TUTTI_AVX512
  return join(load(from + at.low), load(from + at.high));
#else
  return wide_load(from + at.low);
#endif
}

INLINE void store_examples(void *panels, Examples at, size_t row, W a) {
  char *to = (char *)panels + row;
#ifdef TUTTI_AVX512
  store(to + at.low, low_half(a));
  store(to + at.high, high_half(a));
#else
  wide_store(to + at.low, a);
#endif
}

/** Adds the examples' losses to a total one after the other, those from the `first` on. */
INLINE double add_losses(double total, W losses, int32_t first, int32_t panels) {
  const int32_t count = smaller(WIDE, panels * 8 - first);
  for (int32_t lane = 0; lane < count; lane++) total += (double)losses[lane];
  return total;
}

#endif

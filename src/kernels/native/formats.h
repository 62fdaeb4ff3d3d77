// The two formats in memory that operations read: what windows of a layer cover, and what becomes of a gradient.
#ifndef TUTTI_FORMATS_H
#define TUTTI_FORMATS_H

#include <stdint.h>

/** Geometry of a convolution or a pooling; window-record.ts writes it, with its tables behind the zeros. */
struct windows {
  int32_t channels, height, width;
  int32_t window_height, window_width;
  int32_t stride_y, stride_x;
  /** Margin above and to the left; below and to the right it follows from the windows. */
  int32_t top, left;
  int32_t out_height, out_width;
  /** Of the image that the tables refer to: with its margin where there is one. */
  int32_t span_height, span_width;
  /** Byte offset from this record to u32[taps]: byte offsets of the taps (channel, y, x) from a window's corner. */
  uint32_t taps;
  /** Byte offset from this record to u32[windows]: byte offsets of the windows' corners, row by row. */
  uint32_t corners;
  /** Bytes of one panel of the image with its margin, at the head of the scratch; 0 where there is no margin. */
  uint32_t image_bytes;
  /** To be used in place of biases. */
  float zeros[32];
};

enum update_mode { UPDATE_STORE, UPDATE_ACCUMULATE, UPDATE_SGD, UPDATE_ADAM };

/** What becomes of a gradient; update-block.ts writes it. */
struct update {
  int32_t mode;
  /** Byte offset from a weight to its gradient, momentum or first moment; the sum of the two wraps at 2^32. */
  uint32_t first;
  /** Byte offset from a weight to its second moment, likewise. */
  uint32_t second;
  int32_t nesterov;
  float step_size;
  float beta1, one_minus_beta1;
  float beta2, one_minus_beta2;
  float tolerance;
  float keep;
  float l1, l2;
  /** As step_size, for biases. */
  float bias_step_size;
  float unused[2];
};

_Static_assert(sizeof(struct windows) == 64 + 128, "the record of window-record.ts");
_Static_assert(sizeof(struct update) == 64, "the block of update-block.ts");

#endif

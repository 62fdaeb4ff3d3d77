// Whole blocks of panels: copied and cleared.

static void op_copy(float *input, float *out, size_t stride, int32_t panels) { memmove(out, input, stride * (size_t)panels); }

static void op_clear(float *out, size_t stride, int32_t panels) { memset(out, 0, stride * (size_t)panels); }

// The kernels for AVX2.
#define TUTTI_AVX2
#include "kernels.h"

const struct runner tutti_avx2 = {"avx2", FINGERPRINT, run_program};

// The kernels for AVX-512.
#define TUTTI_AVX512
#include "kernels.h"

const struct runner tutti_avx512 = {"avx512", FINGERPRINT, run_program};

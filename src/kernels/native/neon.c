// The kernels for NEON.
#define TUTTI_NEON
#include "kernels.h"

const struct runner tutti_neon = {"neon", FINGERPRINT, run_program};

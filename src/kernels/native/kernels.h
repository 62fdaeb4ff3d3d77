// All kernels, as static functions of the unit that includes this: one unit for each instruction set.
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "lanes.h"

#include "formats.h"
#include "runner.h"

#include "dispatch.h"

#include "gather.h"
#include "blocks.h"
#include "activations.h"
#include "losses.h"
#include "dropout.h"
#include "noise.h"
#include "perturb.h"
#include "predictions.h"

// Until all are written.
#if __has_include("update.h")
#include "update.h"
#endif
#if __has_include("dense.h")
#include "dense.h"
#endif
#if __has_include("weight-gradient.h")
#include "weight-gradient.h"
#endif
#if __has_include("windows.h")
#include "windows.h"
#endif
#if __has_include("convolution.h")
#include "convolution.h"
#endif
#if __has_include("convolution-gradients.h")
#include "convolution-gradients.h"
#endif
#if __has_include("pooling.h")
#include "pooling.h"
#endif

#include "program.h"

// All kernels, as static functions of the unit that includes this: one unit for each instruction set.
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "lanes.h"

#include "formats.h"
#include "runner.h"

#include "dispatch.h"

// Until all are written.
#if __has_include("gather.h")
#include "gather.h"
#endif
#if __has_include("blocks.h")
#include "blocks.h"
#endif
#if __has_include("functions.h")
#include "functions.h"
#endif
#if __has_include("activations.h")
#include "activations.h"
#endif
#if __has_include("tangents.h")
#include "tangents.h"
#endif
#if __has_include("losses.h")
#include "losses.h"
#endif
#if __has_include("random.h")
#include "random.h"
#endif
#if __has_include("dropout.h")
#include "dropout.h"
#endif
#if __has_include("noise.h")
#include "noise.h"
#endif
#if __has_include("perturb.h")
#include "perturb.h"
#endif
#if __has_include("techniques.h")
#include "techniques.h"
#endif
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
#if __has_include("predictions.h")
#include "predictions.h"
#endif

#include "program.h"

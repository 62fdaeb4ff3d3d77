// All kernels, as static functions of the unit that includes this: one unit for each instruction set.
#include <stddef.h>
#include <stdint.h>

#include "lanes.h"

#include "formats.h"
#include "library.h"
#include "runner.h"

#include "dispatch.h"

#include "gather.h"
#include "blocks.h"
#include "activations.h"
#include "losses.h"
#include "value-losses.h"
#include "dropout.h"
#include "noise.h"
#include "perturb.h"
#include "submodels.h"
#include "predictions.h"
#include "update.h"
#include "layer-norm.h"
#include "orthogonalise.h"
#include "dense.h"
#include "weight-gradient.h"
#include "windows.h"
#include "convolution.h"
#include "convolution-input-gradient.h"
#include "convolution-weight-gradient.h"
#include "pooling.h"
#include "embedding.h"

#include "program.h"

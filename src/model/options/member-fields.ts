// The options of members, in the order of the help and of the reference; only which engine trains them is said above
// the engines (src/training/options/option-defaults.ts).

import { embeddingFields } from './embedding-options.js';
import { moduleFields } from './module-options.js';
import { neighboursFields } from './neighbours-options.js';
import { networkFields } from './network-options.js';
import { optimisationFields, stoppingFields } from './optimisation-options.js';
import { perturbationFields } from './perturbation-options.js';
import { dropoutFields, regularizationFields } from './regularization-options.js';
import { resamplingFields } from './resampling-options.js';
import { sharingFields } from './sharing-options.js';
import { stepFields } from './step-options.js';
import { trajectoryFields } from './trajectory-options.js';
import { treesFields } from './trees-options.js';
import { tyingFields } from './tying-options.js';

export const SHARED_FIELDS = {
  ...moduleFields,
  ...networkFields,
  ...embeddingFields,
  ...optimisationFields,
  ...stepFields,
  ...neighboursFields,
  ...treesFields,
  ...resamplingFields,
  ...dropoutFields,
  ...regularizationFields,
  ...perturbationFields,
  ...stoppingFields,
  ...tyingFields,
  ...trajectoryFields,
  ...sharingFields,
};

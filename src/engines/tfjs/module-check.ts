// Modules that build a tf.LayersModel, tried before any thread has them: for the engine that trains the model, and
// for the one that trains a network in its place.

import type { ModuleCheck } from '../shared/definition.js';
import { probeModule } from '../user-modules/probe-module.js';
import { loadTensorFlow } from './tensorflow.js';
import { checkModel, networkOfModel } from './translate.js';

/** Of members that are the model. */
export const checkOfModel: ModuleCheck = {
  async tryModule(module, member) {
    await probeModule({ module, member });
    // On the calling thread first, as TensorFlow.js needs it.
    await loadTensorFlow(member);
  },
  async tryModel(module, purpose) {
    await checkModel(module, purpose);
    return null;
  },
};

/** Of networks that are described by the model. */
export const checkOfTranslated: ModuleCheck = { tryModule: checkOfModel.tryModule, tryModel: networkOfModel };

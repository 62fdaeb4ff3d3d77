// Modules that build a tf.LayersModel, tried before any thread has them: for the engine that trains the model, and
// for the one that trains a network in its place.

import type { Isolation } from '../../processes/protocol.js';
import type { ModuleCheck } from '../shared/definition.js';
import { probeModule } from '../user-modules/probe-module.js';
import { tryModelApart } from '../user-modules/try-model-apart.js';
import { loadTensorFlow } from './tensorflow.js';
import { checkModel, networkOfModel } from './translate.js';

/** @param engine whose members the module describes: of `tfjs` they are the model, of `wasm` networks in its place. */
export function checkOfModel(engine: 'tfjs' | 'wasm', isolate: Isolation): ModuleCheck {
  return {
    async tryModule(module, member) {
      await probeModule({ module, member });
      // On the calling thread first, as TensorFlow.js needs it.
      if (isolate === null) await loadTensorFlow(member);
    },
    async tryModel(module, purpose) {
      if (isolate !== null) return tryModelApart(engine, module, purpose);
      if (engine === 'wasm') return networkOfModel(module, purpose);
      await checkModel(module, purpose);
      return null;
    },
  };
}

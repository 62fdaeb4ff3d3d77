// What the coordinator asks of a module before any thread starts: whether its model will do, and, for the option
// `engine: 'wasm'` with `model`, the network that the wasm engine trains in its place.

import { TuttiError } from '../../errors.js';
import { streamKey } from '../../math/random.js';
import { headUnits } from '../../model/losses.js';
import type { TranslatedNetwork } from '../../model/options/module-table.js';
import type { ModuleSpec } from '../../model/spec.js';
import type { ModelPurpose } from '../shared/definition.js';
import { moduleError } from '../user-modules/user-module.js';
import { translate } from './from-layers-model.js';
import { loadTensorFlow } from './tensorflow.js';
import { buildUserModel, type OwnedModel } from './user-model.js';

/**
 * The network that a module's model describes. The wasm engine draws its initial weights, as He when all kernels
 * of the model's hidden layers are drawn so and else as Glorot, and drops units where the model does.
 * @throws ERR_ENGINE_MISSING without TensorFlow.js; ERR_MODULE when the module or its model is not what it should
 * be, or has a layer that the wasm engine does not.
 */
export async function networkOfModel(module: ModuleSpec, purpose: ModelPurpose): Promise<TranslatedNetwork> {
  return withModel(module, purpose, (owned) => {
    try {
      const { network, dropout } = translate(owned.model, purpose);
      return { network, dropout };
    } catch (error) {
      if (!(error instanceof TuttiError)) throw error;
      throw moduleError({ module, member: purpose.member }, `${module.path}: ${error.message}`, error);
    }
  });
}

/**
 * Builds the model once, for its complaints.
 * @throws ERR_ENGINE_MISSING without TensorFlow.js; ERR_MODULE when the module or its model is not what it should be.
 */
export async function checkModel(module: ModuleSpec, purpose: ModelPurpose): Promise<void> {
  await withModel(module, purpose, () => {});
}

async function withModel<T>(
  module: ModuleSpec,
  { features, task, loss, seed, member }: ModelPurpose,
  use: (owned: OwnedModel) => T,
): Promise<T> {
  const tf = await loadTensorFlow(member);
  const shape = { features, outputs: headUnits({ loss }, task), task, loss };
  const owned = await buildUserModel(tf, { module, member }, shape, streamKey(seed, 'init', member));
  try {
    return use(owned);
  } finally {
    owned.dispose();
  }
}

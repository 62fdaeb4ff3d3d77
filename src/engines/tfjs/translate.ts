// The option `engine: 'wasm'` with `model`: a module's Sequential becomes the network that the wasm engine trains.

import { TuttiError } from '../../errors.js';
import { streamKey } from '../../math/random.js';
import { headUnits } from '../../model/network.js';
import type { ModuleSpec } from '../../model/spec.js';
import { type NetworkPurpose, type TranslatedNetwork, translate } from './from-layers-model.js';
import { loadTensorFlow } from './tensorflow.js';
import { buildUserModel } from './user-model.js';
import { moduleError } from './user-module.js';

/** What a model is translated for, and the seed its module is given. */
export interface TranslationContext extends NetworkPurpose {
  readonly seed: number;
}

/**
 * The network that a module's model describes; the wasm engine draws its initial weights, He or Glorot as the
 * model's hidden layers say, and drops units where the model does.
 * @throws ERR_ENGINE_MISSING without TensorFlow.js; ERR_MODULE when the module or its model is not what it should
 * be, or has a layer that the wasm engine does not.
 */
export async function networkOfModel(
  module: ModuleSpec,
  context: TranslationContext,
): Promise<TranslatedNetwork> {
  const tf = await loadTensorFlow();
  const { task, loss, seed } = context;
  const use = { module, member: null };
  const shape = { ...context, outputs: headUnits(loss, task) };
  const owned = await buildUserModel(tf, use, shape, streamKey(seed, 'init'));
  try {
    const { network, dropout } = translate(owned.model, context);
    return { network, dropout };
  } catch (error) {
    if (!(error instanceof TuttiError)) throw error;
    throw moduleError(use, `${module.path}: ${error.message}`, error);
  } finally {
    owned.dispose();
  }
}

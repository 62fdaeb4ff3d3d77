// Ensembles of networks of the wasm engine, as that engine takes them: for predicting, and for what only networks have.

import { drawFeatureSubset } from '../data/resample.js';
import { createPredictor, type PredictableMember, type Predictor } from '../engines/wasm/predictor.js';
import { TuttiError } from '../errors.js';
import { resolveArithmetic } from '../kernels/arithmetic.js';
import { compileKernels } from '../kernels/compile-kernels.js';
import { requireNetwork } from '../model/network.js';
import type { Ensemble, TrainedMember } from './ensemble.js';

/**
 * Loads networks of an ensemble, ready to predict.
 * @param networks of its members. @default all
 * @param loadedBytes of weights that stay loaded, the others taking turns. @default the engine's
 * @throws ERR_OPTION when a member is of another kind.
 */
export function predictorOf(
  ensemble: Ensemble,
  networks: readonly TrainedMember[] = ensemble.members,
  blockRows?: number,
  loadedBytes?: number,
): Predictor {
  const { plan, features, task, encoding } = ensemble;
  const module = compileKernels(resolveArithmetic(plan.arithmetic));
  const members = networkMembers(ensemble, networks);
  return createPredictor(module, members, features, task, encoding.targets, blockRows, loadedBytes);
}

/**
 * Networks of an ensemble as the engine takes them.
 * @param networks of its members. @default all
 * @throws ERR_OPTION when a member is of another kind; ERR_BUNDLE when there is none.
 */
export function networkMembers(
  { plan, members, features }: Ensemble,
  networks: readonly TrainedMember[] = members,
): PredictableMember[] {
  if (networks.length === 0)
    throw new TuttiError('ERR_BUNDLE', 'This ensemble has no finished members to predict with');
  return networks.map(({ index, weights, unitFactors = null }) => {
    const spec = requireNetwork(plan.members[index]!, index);
    const columns = drawFeatureSubset(spec.featureShare, plan.seed, spec.streams.resample, features);
    return { spec, weights, columns, factors: unitFactors };
  });
}

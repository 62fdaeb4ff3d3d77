// Ensembles of networks of the wasm engine, as that engine takes them: for predicting, and for what only networks have.

import { drawFeatureSubset } from '../../data/resample.js';
import { createPredictor, type PredictableMember, type Predictor } from '../../engines/wasm/predictor.js';
import { TuttiError } from '../../errors.js';
import { resolveArithmetic } from '../../kernels/arithmetic.js';
import { compileKernels } from '../../kernels/compile-kernels.js';
import { requireNetwork } from '../../model/network.js';
import type { TrainedEnsemble, TrainedMember } from '../ensemble.js';

/** A predictor that was disposed of, and what it was made for. */
interface Resting {
  readonly predictor: WeakRef<Predictor>;
  readonly networks: readonly TrainedMember[];
  readonly blockRows: number | undefined;
  readonly loadedBytes: number | undefined;
}

/** The last predictor of each ensemble that nobody uses. Held weakly, because its memory may have been let go of. */
const resting = new WeakMap<TrainedEnsemble, Resting>();

/**
 * Loads networks of an ensemble, ready to predict. Where the same were disposed of and their memory is still there,
 * only the weights are loaded: all else, done again for every row, is more work than predicting one.
 * @param networks of its members. @default all
 * @param loadedBytes of weights that stay loaded, the others taking turns. @default the engine's
 * @throws ERR_OPTION when a member is of another kind.
 */
export function predictorOf(
  ensemble: TrainedEnsemble,
  networks: readonly TrainedMember[] = ensemble.members,
  blockRows?: number,
  loadedBytes?: number,
): Predictor {
  const last = resting.get(ensemble);
  resting.delete(ensemble);
  if (last !== undefined && last.blockRows === blockRows && last.loadedBytes === loadedBytes) {
    const same =
      last.networks.length === networks.length && networks.every((own, at) => own === last.networks[at]);
    const predictor = same ? last.predictor.deref() : undefined;
    if (predictor?.resume() === true) return predictor;
  }
  return restingPredictor(ensemble, networks, blockRows, loadedBytes);
}

/** A predictor that, disposed of, rests until its ensemble predicts again. */
function restingPredictor(
  ensemble: TrainedEnsemble,
  networks: readonly TrainedMember[],
  blockRows: number | undefined,
  loadedBytes: number | undefined,
): Predictor {
  const { plan, features, task, encoding } = ensemble;
  const module = compileKernels(resolveArithmetic(plan.arithmetic));
  const members = networkMembers(ensemble, networks);
  const own = createPredictor(module, members, features, task, encoding.targets, blockRows, loadedBytes);
  const predictor: Predictor = {
    predictBlock: own.predictBlock,
    setFactors: own.setFactors,
    countActive: own.countActive,
    resume: own.resume,
    dispose() {
      own.dispose();
      resting.set(ensemble, rests);
    },
  };
  const rests: Resting = { predictor: new WeakRef(predictor), networks, blockRows, loadedBytes };
  return predictor;
}

/**
 * Networks of an ensemble as the engine takes them.
 * @param networks of its members. @default all
 * @throws ERR_OPTION when a member is of another kind; ERR_BUNDLE when there is none.
 */
export function networkMembers(
  { plan, members, features }: TrainedEnsemble,
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

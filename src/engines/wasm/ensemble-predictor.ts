// The networks of an ensemble, ready to predict, and ready again: where those that were disposed of are asked for once
// more and their memory is still there, only the weights are loaded, because all else, done again for every row, is
// more work than predicting one.

import { resolveArithmetic } from '../../kernels/arithmetic.js';
import { executorCode } from '../../kernels/executor-choice.js';
import type { NetworkMemberSpec } from '../../model/spec.js';
import type { EnginePredictor, PredictorContext, StoredMember } from '../shared/predictor.js';
import { cachedSite } from './cached-site.js';
import { createNetworkPredictor, type NetworkPredictor } from './predictor.js';

type Networks = readonly StoredMember<NetworkMemberSpec>[];

/** A predictor that was disposed of, and what it was made for. */
interface Resting {
  readonly predictor: WeakRef<EnginePredictor & NetworkPredictor>;
  readonly networks: Networks;
  readonly blockRows: number | undefined;
  readonly loadedBytes: number | undefined;
}

/** The last predictor of each ensemble that nobody uses. Held weakly, because its memory may have been let go of. */
const resting = new WeakMap<object, Resting>();

/** Loads networks of one ensemble. */
export function createPredictor(
  context: PredictorContext,
  networks: Networks,
): EnginePredictor & NetworkPredictor {
  const { owner, blockRows, loadedBytes } = context;
  const last = resting.get(owner);
  resting.delete(owner);
  if (last !== undefined && last.blockRows === blockRows && last.loadedBytes === loadedBytes) {
    const same =
      last.networks.length === networks.length && networks.every((own, at) => own === last.networks[at]);
    const predictor = same ? last.predictor.deref() : undefined;
    if (predictor?.resume() === true) return predictor;
  }
  return restingPredictor(context, networks);
}

/** A predictor that, disposed of, rests until its ensemble predicts again. */
function restingPredictor(
  { owner, arithmetic, features, task, encoding, blockRows, loadedBytes }: PredictorContext,
  networks: Networks,
): EnginePredictor & NetworkPredictor {
  const site = cachedSite(executorCode(resolveArithmetic(arithmetic)));
  const own = createNetworkPredictor(
    site,
    networks,
    features,
    task,
    encoding.targets,
    blockRows,
    loadedBytes,
  );
  const predictor: NetworkPredictor = {
    predict: own.predict,
    setFactors: own.setFactors,
    countActive: own.countActive,
    resume: own.resume,
    dispose() {
      own.dispose();
      resting.set(owner, rests);
    },
  };
  const rests: Resting = { predictor: new WeakRef(predictor), networks, blockRows, loadedBytes };
  return predictor;
}

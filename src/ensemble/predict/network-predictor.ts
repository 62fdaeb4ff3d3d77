// Ensembles of networks alone, for what only networks have: masks, units, gradients of their inputs.

import type { StoredMember } from '../../engines/shared/predictor.js';
import { createPredictor } from '../../engines/wasm/ensemble-predictor.js';
import type { NetworkPredictor } from '../../engines/wasm/predictor.js';
import { requireNetwork } from '../../model/network-members.js';
import type { NetworkMemberSpec } from '../../model/spec.js';
import type { TrainedEnsemble } from '../ensemble.js';
import { predictorContext, requireMembers, storedMembers } from './stored-members.js';

/**
 * Loads the networks of an ensemble, ready to predict.
 * @param blockRows most rows at once. @default the engine's
 * @throws ERR_OPTION when a member is of another kind; ERR_BUNDLE when there is none.
 */
export function predictorOf(ensemble: TrainedEnsemble, blockRows?: number): NetworkPredictor {
  return createPredictor(predictorContext(ensemble, blockRows), networkMembers(ensemble));
}

/**
 * The networks of an ensemble.
 * @throws ERR_OPTION when a member is of another kind; ERR_BUNDLE when there is none.
 */
export function networkMembers(ensemble: TrainedEnsemble): readonly StoredMember<NetworkMemberSpec>[] {
  requireMembers(ensemble, 'to predict with');
  const members = storedMembers(ensemble);
  return members.filter((member): member is StoredMember<NetworkMemberSpec> => {
    requireNetwork(member.spec, member.index);
    return true;
  });
}

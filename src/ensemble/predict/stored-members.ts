// The members of an ensemble as engines take them to predict: each with its spec and the columns it sees.

import { drawFeatureSubset } from '../../data/resample.js';
import type { PredictorContext, StoredMember } from '../../engines/shared/predictor.js';
import { TuttiError } from '../../errors.js';
import { seedOf } from '../../model/spec.js';
import { requireEnsemble, type TrainedEnsemble } from '../ensemble.js';

/** Networks' weights that whoever predicts again and again keeps loaded, in bytes: half of what one memory can hold. */
export const KEPT_BYTES = 2 ** 31;

/** Made once for each ensemble: engines tell by them whether they are asked for the same members again. */
const known = new WeakMap<TrainedEnsemble, readonly StoredMember[]>();

/** Every trained member, in the order of `ensemble.members`. */
export function storedMembers(ensemble: TrainedEnsemble): readonly StoredMember[] {
  let stored = known.get(ensemble);
  if (stored === undefined) {
    stored = describeMembers(ensemble);
    known.set(ensemble, stored);
  }
  return stored;
}

/**
 * Refuses an ensemble whose training was stopped before a member was finished.
 * @param use what members are needed for, as in `to predict with`
 * @throws ERR_BUNDLE; ERR_OPTION for what is no ensemble
 */
export function requireMembers(ensemble: TrainedEnsemble, use: string): void {
  requireEnsemble(ensemble);
  if (ensemble.members.length > 0) return;
  throw new TuttiError('ERR_BUNDLE', `This ensemble has no trained members ${use}`, { members: 0 });
}

function describeMembers({ plan, members, features }: TrainedEnsemble): readonly StoredMember[] {
  return members.map(({ index, parameters, model, unitFactors = null }) => {
    const spec = plan.members[index]!;
    const columns = drawFeatureSubset(spec.featureShare, seedOf(plan, spec), spec.streams.resample, features);
    return { spec, index, parameters, model, columns, factors: unitFactors };
  });
}

/** What an engine must know beside the members. */
export function predictorContext(
  ensemble: TrainedEnsemble,
  blockRows?: number,
  loadedBytes?: number,
): PredictorContext {
  const { plan, task, features, encoding, allowedModules, isolate = null } = ensemble;
  return {
    owner: ensemble,
    task,
    features,
    encoding,
    arithmetic: plan.arithmetic,
    allowedModules,
    isolate,
    blockRows,
    loadedBytes,
  };
}

// The weights that an ensemble's members carry into every average, as chosen by selection or by the user.

import { normaliseWeights } from '../../predictions/aggregate/shares.js';
import { NOT_YET_FITTED, type TrainedEnsemble } from '../ensemble.js';

/**
 * The ensemble with these weights for every later prediction and measurement; saved with it. What was
 * fitted to its former combination, calibration and conformity, is dropped.
 * @param weights one per trained member, in plan order, ≥ 0 and not all 0; null makes them equal again.
 * @throws ERR_OPTION for weights that do not fit.
 */
export function withAveragingWeights(
  ensemble: TrainedEnsemble,
  weights: readonly number[] | null,
): TrainedEnsemble {
  if (weights !== null) normaliseWeights(weights, ensemble.members.length);
  const members = ensemble.members.map(({ averagingWeight: _, ...member }, at) =>
    weights === null ? member : { ...member, averagingWeight: weights[at]! },
  );
  return { ...ensemble, ...NOT_YET_FITTED, members };
}

/** The weights the members carry, one each; null when all are equal, or when those of a subset are all 0. */
export function averagingWeights({ members }: Pick<TrainedEnsemble, 'members'>): number[] | null {
  const weights = members.map(({ averagingWeight = 1 }) => averagingWeight);
  const [first] = weights;
  return weights.every((weight) => weight === first) ? null : weights;
}

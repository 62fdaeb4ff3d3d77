// The share of active hidden units, for ensembles trained under an activity penalty.

import type { Dataset } from '../data/dataset/dataset.js';
import type { TrainedEnsemble } from '../ensemble/ensemble.js';
import { largest } from '../math/statistics.js';
import { isNetwork } from '../model/network-members.js';
import { activeUnitShares } from '../studies/active-units.js';
import { percent } from './words.js';

/** Per trained member the share of active units in each hidden layer, or null without an activity penalty. */
export type ActiveUnits = readonly (readonly number[] | null)[];

/** Null when no member has an activity penalty. */
export function activeUnitsOf(ensemble: TrainedEnsemble, dataset: Dataset): ActiveUnits | null {
  const { plan, members } = ensemble;
  const penalised = members.filter(({ index }) => {
    const spec = plan.members[index]!;
    return isNetwork(spec) && spec.activityPenalty !== null;
  });
  if (penalised.length === 0) return null;
  const shares = activeUnitShares({ ...ensemble, members: penalised }, dataset);
  return members.map((member) => shares[penalised.indexOf(member)] ?? null);
}

/** The mean over those members, layer by layer. */
export function activeLine(active: ActiveUnits): string {
  const members = active.filter((shares) => shares !== null);
  const layers = largest(members.map((shares) => shares.length));
  const means = Array.from({ length: layers }, (_, layer) => {
    const own = members.flatMap((shares) => shares[layer] ?? []);
    return percent(own.reduce((sum, share) => sum + share, 0) / own.length, 1);
  });
  return `Active units under the activity penalty, by hidden layer: ${means.join(', ')}`;
}

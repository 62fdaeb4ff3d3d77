// How many numbers a trained member of any engine is: what is allocated for it, saved and checked on loading.

import type { Dataset, Task } from '../data/dataset.js';
import { distinctRows, storedRowLength } from '../engines/neighbours/stored-rows.js';
import { layerShapes, parameterCount } from '../model/network.js';
import type { EnsemblePlan, MemberSpec } from '../model/spec.js';
import { drawCandidates, drawMember } from './member-rows.js';

/**
 * Length of a member's weights.
 * @param inBagRows distinct rows in bag; only a nearest-neighbour member's weights depend on them.
 */
export function weightsLength(spec: MemberSpec, features: number, task: Task, inBagRows: number): number {
  switch (spec.engine) {
    case 'wasm':
      return parameterCount(layerShapes(spec, features, task));
    case 'neighbours':
      return inBagRows * storedRowLength(spec, features, task);
    default:
      return spec satisfies never;
  }
}

/** {@link weightsLength} of a planned member, before it is trained. */
export function plannedWeightsLength(plan: EnsemblePlan, member: number, dataset: Dataset): number {
  const spec = plan.members[member]!;
  const { features, task } = dataset;
  if (spec.engine === 'wasm') return weightsLength(spec, features, task, 0);
  const draw = drawMember(plan.seed, spec, dataset, features, drawCandidates(plan, dataset));
  return weightsLength(spec, features, task, distinctRows(draw.inBag).length);
}

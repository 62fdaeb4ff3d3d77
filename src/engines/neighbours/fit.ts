// A nearest-neighbour member has no epochs: its weights are its rows.

import { allocateShared } from '../../memory/uncounted-bytes.js';
import type { FittedMember, MemberRows, TrainerContext } from '../shared/engine.js';
import type { NeighboursMemberSpec } from './spec.js';
import { distinctRows, storedRowLength, storeRows } from './stored-rows.js';

/** @throws ERR_OPTION when the resample has fewer distinct rows than neighbours are asked for. */
export function fitMember(
  { memory, layout, task }: TrainerContext,
  spec: NeighboursMemberSpec,
  member: number,
  rows: MemberRows,
): FittedMember {
  const length = distinctRows(rows.inBag).length * storedRowLength(spec, layout.dataset.features, task);
  const weights = new Float32Array(allocateShared(4 * length));
  storeRows(memory.buffer, layout.dataset, spec, rows, weights, member);
  return { parameters: weights, model: null };
}

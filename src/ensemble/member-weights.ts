// How many numbers a trained member of any engine is, where its spec says it: what memory is estimated from, and
// what is checked on loading.

import type { Task } from '../data/dataset/dataset.js';
import { storedRowLength } from '../engines/neighbours/stored-rows.js';
import { layerShapes, parameterCount } from '../model/network.js';
import type { MemberSpec } from '../model/spec.js';

/**
 * Length of a member's weights; null where only the trained model knows.
 * @param inBagRows distinct rows in bag; only a nearest-neighbour member's weights depend on them.
 */
export function weightsLength(
  spec: MemberSpec,
  features: number,
  task: Task,
  inBagRows: number,
): number | null {
  switch (spec.engine) {
    case 'wasm':
      return parameterCount(layerShapes(spec, features, task));
    case 'neighbours':
      return inBagRows * storedRowLength(spec, features, task);
    case 'tfjs':
      return null;
    case 'learner':
      return 0;
    default:
      return spec satisfies never;
  }
}

/** Whether members of this spec have a stored model beside their weights. */
export function storesModel({ engine }: MemberSpec): boolean {
  return engine === 'tfjs' || engine === 'learner';
}

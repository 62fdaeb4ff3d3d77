// What the options of a boosted-tree member become in its spec.

import type { FilledOptions } from '../../model/options/filled-options.js';
import { resolveEarlyStopping } from '../../model/options/optimisation-options.js';
import type { MemberOptions } from '../../model/options/training-options.js';
import { DEFAULT_ROUNDS } from '../../model/options/trees-options.js';
import type { ResolveContext } from '../shared/definition.js';
import { lossOfTrees } from './raw-outputs.js';
import type { TreesMemberSpec } from './spec.js';

/** @param own what was stated. @throws ERR_OPTION for rows to stop by that a resample does not leave. */
export function resolveTrees(
  o: FilledOptions,
  own: MemberOptions,
  { task, common }: ResolveContext,
): TreesMemberSpec {
  const earlyStopping = resolveEarlyStopping(o, own.earlyStopping);
  const { treeRate: rate, maxLeaves, minLeafRows, leafL2: l2, treeBins: bins } = o;
  return {
    engine: 'trees',
    trees: { rate, maxLeaves, maxDepth: own.maxDepth ?? null, minLeafRows, l2, bins },
    loss: lossOfTrees(task),
    epochs: own.rounds ?? DEFAULT_ROUNDS[earlyStopping === null ? 'fixed' : 'stopped'],
    ...common,
    earlyStopping,
  };
}

// Boosted-tree members, as one record.

import type { EngineDefinition } from '../shared/definition.js';
import { once } from '../shared/once.js';
import { resolveTrees } from './resolve.js';
import type { TreesMemberSpec } from './spec.js';
import { STORED_TREES } from './stored.js';

export const TREES: EngineDefinition<TreesMemberSpec> & { readonly name: 'trees' } = {
  ...STORED_TREES,
  summary: 'boosted trees',
  optionUsers: () => ['member', 'trees'],
  resolve: resolveTrees,
  kind: () => 'boosted trees',
  describe({ trees: { rate, maxLeaves, maxDepth, minLeafRows }, loss, epochs }) {
    const deep = maxDepth === null ? '' : `, ${maxDepth} deep`;
    return `trees of up to ${maxLeaves} leaves${deep}, of ${minLeafRows} rows or more; ${loss}; rate ${rate}; ${epochs} rounds`;
  },
  draws: () => [],
  training: {
    by: 'epochs',
    unit: 'rounds',
    learningRate: ({ trees }) => trees.rate,
    load: once(() => import('./trainer.js')),
  },
  // Bins of two bytes, what they are made of column by column, and histograms of all leaves of a tree.
  footprint: { process: 0, thread: (rowBytes) => 16 * 2 ** 20 + 2 * rowBytes },
  loadPredictor: once(() => import('./predictor.js')),
};

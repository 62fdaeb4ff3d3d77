// The options of boosted-tree members. What they become in a spec is src/engines/trees/resolve.ts's.

import { field, TREES } from './field.js';

const ofTrees = { group: 'trees', by: TREES } as const;

export const treesFields = {
  rounds: field((z) => z.int().min(1).max(100_000), {
    ...ofTrees,
    spec: 'epochs',
    says: 'rounds of boosting, at most: each adds a tree, or one for each of three or more classes (trees engine)',
    defaultSays: '500; 100 where nothing stops early',
    example: 200,
  }),
  treeRate: field((z) => z.number().gt(0).max(1), {
    ...ofTrees,
    spec: 'trees.rate',
    says: 'what each tree counts: a smaller share needs more rounds and errs less (trees engine)',
    default: 0.1,
    example: 0.05,
  }),
  maxLeaves: field((z) => z.int().min(2).max(4096), {
    ...ofTrees,
    spec: 'trees.maxLeaves',
    says: 'leaves of a tree, at most (trees engine)',
    default: 31,
    example: 15,
  }),
  maxDepth: field((z) => z.int().min(1), {
    ...ofTrees,
    spec: 'trees.maxDepth',
    says: 'splits from the root of a tree to a leaf, at most (trees engine)',
    defaultSays: 'any number',
    example: 4,
  }),
  minLeafRows: field((z) => z.int().min(1), {
    ...ofTrees,
    spec: 'trees.minLeafRows',
    says: 'distinct rows of a leaf, at least (trees engine)',
    // A bootstrap leaves 63 % of the rows: docs/techniques/boosted-trees.md has what 20 and 5 cost.
    default: 10,
    example: 5,
  }),
  leafL2: field((z) => z.number().min(0), {
    ...ofTrees,
    spec: 'trees.l2',
    says: 'what is added to the rows of a leaf, as it were rows without an error, so that small ones say less (trees engine)',
    default: 1,
    example: 3,
  }),
  treeBins: field((z) => z.int().min(2).max(255), {
    ...ofTrees,
    spec: 'trees.bins',
    says: 'bins that the values of a column are sorted into, at most: splits lie between them (trees engine)',
    default: 255,
    example: 64,
  }),
};

/** Rounds where none are stated: what stops early stops before, mostly. */
export const DEFAULT_ROUNDS = { stopped: 500, fixed: 100 } as const;

// Boosted-tree members as files have them.

import type { SpecParts } from '../../model/spec-schema.js';
import type { SpecSchema, StoredEngine } from '../shared/stored-engine.js';
import { lossOfTrees } from './raw-outputs.js';
import type { TreesMemberSpec } from './spec.js';

export const STORED_TREES: StoredEngine<TreesMemberSpec> & { readonly name: 'trees' } = {
  name: 'trees',
  specSchema,
  contradiction: ({ loss }, _features, task) =>
    loss === lossOfTrees(task) ? null : `loss does not fit ${task.kind}`,
  hashed: (spec) => spec,
  storesModel: false,
  weightsLength: () => null,
};

function specSchema({ z, count, share, common, earlyStopping }: SpecParts): SpecSchema<TreesMemberSpec> {
  return z.strictObject({
    engine: z.literal('trees'),
    trees: z.strictObject({
      rate: share,
      maxLeaves: z.int().min(2).max(4096),
      maxDepth: count.nullable(),
      minLeafRows: count,
      l2: z.number().min(0),
      bins: z.int().min(2).max(255),
    }),
    loss: z.enum(['softmaxCrossEntropy', 'binaryCrossEntropy', 'squaredError']),
    epochs: count,
    ...common,
    earlyStopping,
  });
}

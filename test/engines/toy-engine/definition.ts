// An engine of one's own, in one folder: its members predict what is most frequent, or the mean, among the rows they
// drew, whatever they are asked. It says here what every engine says, and no other file knows it.

import { outputCount } from '../../../src/data/dataset/dataset.js';
import type { EngineDefinition } from '../../../src/engines/shared/definition.js';
import type { ToySpec } from './spec.js';

export const TOY: EngineDefinition<ToySpec> = {
  name: 'toy',
  summary: 'one answer for all rows',
  optionUsers: () => ['member'],
  resolve: (_o, _own, { common }) => ({ engine: 'toy', ...common, earlyStopping: null }),
  specSchema: ({ z, common }) =>
    z.strictObject({ engine: z.literal('toy'), ...common, earlyStopping: z.null() }),
  contradiction: () => null,
  kind: () => 'toy',
  describe: () => 'one answer for all rows',
  hashed: (spec) => spec,
  draws: () => [],
  training: { by: 'fitting', load: () => import('./fit.js') },
  storesModel: false,
  weightsLength: (_spec, _features, task) => outputCount(task),
  loadPredictor: () => import('./predictor.js'),
};

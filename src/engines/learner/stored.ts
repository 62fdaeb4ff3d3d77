// Members of the user's own making as files have them.

import type { StoredEngine } from '../shared/stored-engine.js';
import type { LearnerMemberSpec } from './spec.js';

export const STORED_LEARNER: StoredEngine<LearnerMemberSpec> & { readonly name: 'learner' } = {
  name: 'learner',
  specSchema: ({ z, json, userModule, common }) =>
    z.strictObject({
      engine: z.literal('learner'),
      learner: userModule,
      options: z.record(z.string(), json),
      ...common,
      earlyStopping: z.null(),
    }),
  contradiction: () => null,
  hashed: (spec) => ({ ...spec, learner: { hash: spec.learner.hash } }),
  storesModel: true,
  weightsLength: () => 0,
};

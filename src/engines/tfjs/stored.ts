// Members of TensorFlow.js as files have them.

import { lossFits } from '../../model/losses.js';
import type { StoredEngine } from '../shared/stored-engine.js';
import type { TfjsMemberSpec } from './spec.js';

export const STORED_TFJS: StoredEngine<TfjsMemberSpec> & { readonly name: 'tfjs' } = {
  name: 'tfjs',
  specSchema: ({ z, userModule, optimisation, common }) =>
    z.strictObject({ engine: z.literal('tfjs'), model: userModule, ...optimisation, ...common }),
  contradiction: (spec, _features, task) =>
    lossFits(spec.loss, task) ? null : `loss does not fit ${task.kind}`,
  hashed: (spec) => ({ ...spec, model: { hash: spec.model.hash } }),
  storesModel: true,
  weightsLength: () => null,
};

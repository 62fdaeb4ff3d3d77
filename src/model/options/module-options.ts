// The options that name modules of the user's. The modules themselves are read before a plan is resolved
// (src/training/plan/resolve-modules.ts).

import type * as zod from '../../zod.js';
import type { JsonObject } from '../spec.js';
import { field, LEARNERS, OF_MODELS } from './field.js';

const ofModules = { group: 'modules', by: LEARNERS } as const;

export const moduleFields = {
  model: field((z) => z.string().min(1), {
    ...ofModules,
    by: OF_MODELS,
    spec: 'model.path',
    says: 'path of a module that builds a tf.LayersModel: tfjs trains it, or the wasm engine where it has the layers',
    defaultSays: 'none',
    example: 'net.mjs',
    file: true,
  }),
  learner: field((z) => z.string().min(1), {
    ...ofModules,
    spec: 'learner.path',
    says: 'path of a module whose default export is a learner, which fits and predicts members of its own kind',
    defaultSays: 'none',
    example: 'tree.mjs',
    file: true,
  }),
  learnerOptions: field((z) => z.record(z.string(), z.json()) as unknown as zod.ZodType<JsonObject>, {
    ...ofModules,
    says: 'plain values that the learner is given as they are',
    defaultSays: 'none',
    configOnly: true,
    example: { depth: 3 },
  }),
};

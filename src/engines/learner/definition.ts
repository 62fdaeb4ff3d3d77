// Members of the user's own making, as one record.

import { basename } from 'node:path';
import type { EngineDefinition } from '../shared/definition.js';
import { once } from '../shared/once.js';
import { describeModule } from '../user-modules/describe-module.js';
import type { LearnerMemberSpec } from './spec.js';
import { STORED_LEARNER } from './stored.js';

export const LEARNER: EngineDefinition<LearnerMemberSpec> & { readonly name: 'learner' } = {
  ...STORED_LEARNER,
  summary: 'a module of your own',
  optionUsers: () => ['member', 'learner'],
  resolve: (_o, { learnerOptions = {} }, { module, common }) => ({
    engine: 'learner',
    learner: module!.module,
    options: learnerOptions,
    ...common,
    earlyStopping: null,
  }),
  kind: ({ learner }) => `learner ${basename(learner.path)}`,
  describe({ learner, options }) {
    const given = Object.keys(options).length === 0 ? '' : `; ${JSON.stringify(options)}`;
    return `learner ${describeModule(learner)}${given}`;
  },
  // A learner's random numbers are its own affair, but they are drawn from this source.
  draws: () => ['init'],
  module: {
    option: 'learner',
    required: true,
    buildsModel: false,
    of: ({ learner }) => learner,
    relocate: (spec, learner) => ({ ...spec, learner }),
    async loadCheck(isolate) {
      const { checkLearner } = await import('./learner-thread.js');
      return {
        tryModule: (module, member) => checkLearner(module, member, isolate),
        tryModel: async () => null,
      };
    },
  },
  training: { by: 'fitting', load: once(() => import('./fit.js')) },
  // It is handed copies of its rows, which garbage follows; what it makes of them nobody knows.
  footprint: { process: 20 * 2 ** 20, thread: (rowBytes) => 16 * 2 ** 20 + 2 * rowBytes },
  loadPredictor: once(() => import('./predictor.js')),
};

// Members of TensorFlow.js, as one record.

import { basename } from 'node:path';
import { failOption } from '../../errors.js';
import { resolveOptimisation } from '../../model/options/optimisation-options.js';
import type { EngineDefinition } from '../shared/definition.js';
import { describeOptimisation, randomInEpochs } from '../shared/epoch-members.js';
import { once } from '../shared/once.js';
import { describeModule } from '../user-modules/describe-module.js';
import { requireSupported } from './head.js';
import type { TfjsMemberSpec } from './spec.js';
import { STORED_TFJS } from './stored.js';

export const TFJS: EngineDefinition<TfjsMemberSpec> & { readonly name: 'tfjs' } = {
  ...STORED_TFJS,
  summary: 'a model of TensorFlow.js',
  optionUsers: () => ['member', 'epochs', 'tfjs'],
  resolve(o, own, { task, module, common }) {
    if (o.optimizer === 'muon') failOption('optimizer', 'adam, adamW or sgd with `engine` tfjs', o.optimizer);
    const optimisation = resolveOptimisation(o, own, task);
    requireSupported(optimisation.loss);
    return { engine: 'tfjs', model: module!.module, ...optimisation, ...common };
  },
  kind: ({ model }) => `tfjs ${basename(model.path)}`,
  describe: (spec) => `tfjs ${describeModule(spec.model)}; ${describeOptimisation(spec)}`,
  // Layers of a model may be dropout or noise, which no spec tells.
  draws: () => randomInEpochs(true),
  module: {
    option: 'model',
    required: true,
    buildsModel: true,
    of: ({ model }) => model,
    relocate: (spec, model) => ({ ...spec, model }),
    loadCheck: async (isolate) => (await import('./module-check.js')).checkOfModel('tfjs', isolate),
  },
  training: { by: 'epochs', load: once(() => import('./trainer.js')) },
  // A model's own size is not known before it is there; what such models usually have is in what a thread takes.
  footprint: { process: 370 * 2 ** 20, thread: (rowBytes) => 150 * 2 ** 20 + 2 * rowBytes },
  loadPredictor: once(() => import('./predictor.js')),
};

// Networks on tutti's own kernels, as one record.

import { describeLayer } from '../../model/layers.js';
import { layerShapes, parameterCount } from '../../model/network.js';
import type { NetworkMemberSpec } from '../../model/spec.js';
import type { EngineDefinition } from '../shared/definition.js';
import { describeOptimisation, randomInEpochs } from '../shared/epoch-members.js';
import { once } from '../shared/once.js';
import { contradictionOfNetwork } from './contradiction.js';
import { predictorBytes } from './predictor-bytes.js';
import { resolveNetworkMember } from './resolve.js';
import { networkSchema } from './spec-schema.js';
import { arenaBytes } from './training-program.js';

export const WASM: EngineDefinition<NetworkMemberSpec> & { readonly name: 'wasm' } = {
  name: 'wasm',
  summary: 'networks in this library',
  optionUsers: ({ model }) => ['member', 'epochs', 'network', model === undefined ? 'layers' : 'model'],
  resolve: resolveNetworkMember,
  specSchema: networkSchema,
  contradiction: contradictionOfNetwork,
  kind: () => 'network',
  describe(spec) {
    const { image, layers } = spec.network;
    const pixels = image === null ? '' : `${image.channels}x${image.height}x${image.width}: `;
    const hidden = layers.map(describeLayer).join(', ') || 'no hidden layer';
    const origin = spec.teacher === undefined ? '' : '; distilled from an ensemble';
    return `${pixels}${hidden}; ${describeOptimisation(spec)}${origin}`;
  },
  hashed: (spec) => spec,
  draws: (spec) => randomInEpochs(spec.dropout !== null || spec.inputNoise > 0),
  // A tf.LayersModel that a network takes the place of.
  module: {
    option: 'model',
    required: false,
    buildsModel: true,
    of: () => null,
    relocate: (spec) => spec,
    loadCheck: async (isolate) => (await import('../tfjs/module-check.js')).checkOfModel('wasm', isolate),
  },
  training: {
    by: 'epochs',
    arenaBytes,
    load: once(() => import('./trainer.js')),
  },
  storesModel: false,
  weightsLength: (spec, features, task) => parameterCount(layerShapes(spec, features, task)),
  predictorBytes,
  loadPredictor: once(() => import('./ensemble-predictor.js')),
};

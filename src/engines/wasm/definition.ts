// Networks on tutti's own kernels, as one record.

import { describeInputs } from '../../model/inputs.js';
import { describeLayer } from '../../model/layers.js';
import type { NetworkMemberSpec } from '../../model/spec.js';
import type { EngineDefinition } from '../shared/definition.js';
import { describeOptimisation, randomInEpochs } from '../shared/epoch-members.js';
import { once } from '../shared/once.js';
import { predictorBytes } from './predictor-bytes.js';
import { resolveNetworkMember } from './resolve.js';
import { STORED_WASM } from './stored.js';
import { arenaBytes } from './training-program.js';

/** What a network's steps have beside its optimizer: `; mixup 0.2; ema of weights`. */
function describeSteps({ mixup, weightAverage, swag }: NetworkMemberSpec): string {
  const words = [
    ...(mixup === undefined ? [] : [`mixup ${mixup}`]),
    ...(weightAverage === undefined ? [] : [`${weightAverage.kind} of weights`]),
    ...(swag === undefined ? [] : ['drawn by swag']),
  ];
  return words.map((word) => `; ${word}`).join('');
}

export const WASM: EngineDefinition<NetworkMemberSpec> & { readonly name: 'wasm' } = {
  ...STORED_WASM,
  summary: 'networks in this library',
  optionUsers: ({ model }) => ['member', 'epochs', 'network', model === undefined ? 'layers' : 'model'],
  resolve: resolveNetworkMember,
  kind: () => 'network',
  describe(spec) {
    const { image, layers } = spec.network;
    const pixels = image === null ? '' : `${image.channels}x${image.height}x${image.width}: `;
    const hidden = layers.map(describeLayer).join(', ') || 'no hidden layer';
    const origin = spec.teacher === undefined ? '' : '; distilled from an ensemble';
    const embedded = spec.network.inputs === undefined ? '' : `${describeInputs(spec.network.inputs)}; `;
    return `${pixels}${embedded}${hidden}; ${describeOptimisation(spec)}${describeSteps(spec)}${origin}`;
  },
  draws({ dropout, inputNoise, mixup, swag }) {
    return randomInEpochs(dropout !== null || inputNoise > 0 || mixup !== undefined || swag !== undefined);
  },
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
  predictorBytes,
  loadPredictor: once(() => import('./ensemble-predictor.js')),
};

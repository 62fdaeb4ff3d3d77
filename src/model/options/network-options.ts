// The options of hidden layers, images and initial weights: their records, and the network they resolve to. How layers
// are read is in layer-options.ts.

import { ACTIVATIONS } from '../layer-kind.js';
import type { ImageOption } from '../layer-types.js';
import type { Norm } from '../layers.js';
import type { NetworkSpec } from '../spec.js';
import { field, OF_IMAGES, OWN_LAYERS } from './field.js';
import {
  type HiddenOptions,
  hasDense,
  hiddenUnits,
  resolveImage,
  resolveLayers,
  usesActivation,
  type WrittenLayer,
} from './layer-options.js';
import { imageSchema, layersSchema } from './layer-schema.js';

const ofNetworks = { group: 'network', by: OWN_LAYERS } as const;

export const networkFields = {
  hidden: field((z) => z.array(z.int().min(1)), {
    ...ofNetworks,
    says: 'units of each dense hidden layer, in their order; none at all makes a linear model',
    defaultSays: '128, 128, 128, or none after `layers`',
    example: [64, 32],
    common: true,
  }),
  layers: field(layersSchema, {
    ...ofNetworks,
    says:
      'convolutions, poolings, dense layers, residual blocks and norms in their order, before those of `hidden`; the first two ' +
      'need `image`',
    defaultSays: 'none',
    example: ['conv 8@3x3', 'maxpool 2'],
    common: true,
  }),
  image: field(imageSchema, {
    ...ofNetworks,
    by: OF_IMAGES,
    says: 'how the features of a row are an image: channels × height × width in pixels',
    defaultSays: 'not one',
    example: '1x28x28',
    common: true,
  }),
  activation: field((z) => z.enum(ACTIVATIONS), {
    ...ofNetworks,
    says: 'activation of the hidden layers that name none themselves',
    default: 'gelu',
    example: 'tanh',
    when: { says: 'a hidden layer has none of its own', holds: usesActivation },
  }),
  norm: field((z) => z.enum(['none', 'layer']), {
    ...ofNetworks,
    spec: 'network.layers',
    says: 'layer: what a dense hidden layer adds up to is normalised over its units, row by row, before its activation',
    default: 'none',
    example: 'layer',
    when: { says: 'there are dense hidden layers', holds: hasDense },
  }),
  init: field((z) => z.enum(['he', 'glorot', 'ntk']), {
    ...ofNetworks,
    says:
      'spread of the initial weights: he suits relu and its kin, glorot tanh and sigmoid; ntk draws weights and biases of ' +
      'variance 1 and divides by √inputs in the layer, which also gives wide layers smaller steps',
    default: 'he',
    example: 'glorot',
  }),
};

/** The options that have defaults, in place. */
interface NetworkOptions {
  readonly activation: (typeof ACTIVATIONS)[number];
  readonly init: NetworkSpec['init'];
  readonly norm: Norm;
}

/** A network, and how its hidden layers were written. */
export interface ResolvedNetwork {
  readonly network: NetworkSpec;
  readonly written: readonly WrittenLayer[];
}

/** @param own what was stated. @throws ERR_OPTION for words that are no layer. */
export function resolveNetwork(
  { activation, init, norm }: NetworkOptions,
  own: HiddenOptions & { readonly image?: ImageOption | undefined },
): ResolvedNetwork {
  const { layers, written } = resolveLayers(own.layers ?? [], hiddenUnits(own), activation, norm);
  return { network: { image: resolveImage(own.image), layers, init }, written };
}

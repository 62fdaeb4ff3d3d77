// Layer normalisation: each row by itself, over the units of the layer below.

import { failOption } from '../errors.js';
import { ACTIVATIONS, type LayerKind, type Rows, type SchemaMaker } from './layer-kind.js';
import type { LayerNormLayer, LayerNormOption } from './layer-types.js';

/** A layer normalisation: one matrix (1, units), the gains; its biases are the shifts. */
export interface LayerNormShape extends Rows {
  readonly kind: 'layerNorm';
}

/** What is added to the variance, as in PyTorch. */
export const LAYER_NORM_EPSILON = 1e-5;

const WORDS = /^norm(?: (\w+))?$/;

export const layerNorm: LayerKind<LayerNormOption, LayerNormLayer, LayerNormShape> = {
  example: 'norm',
  hasUnits: false,
  read(words) {
    const found = WORDS.exec(words);
    return found === null ? null : { kind: 'layerNorm', activation: found[1] };
  },
  resolve: ({ activation = 'linear' }) => ({ kind: 'layerNorm', activation }),
  describe: ({ activation }) => (activation === 'linear' ? 'norm' : `norm ${activation}`),
  shape({ activation }, { inputs, image, index }) {
    if (image !== null) failOption(`layers[${index}]`, 'a norm after a dense layer, not on an image', 'norm');
    return { kind: 'layerNorm', inputs, units: inputs, activation };
  },
  weights: ({ units }) => [{ inputs: 1, units, role: 'scale', hasBias: true }],
  fanOut: () => 1,
  // Gains of 1, shifts of 0.
  initial: ({ units }, parameters) => {
    parameters.fill(1, 0, units);
  },
  image: () => null,
};

export function layerNormOption(z: SchemaMaker) {
  return z.strictObject({ kind: z.literal('layerNorm'), activation: z.enum(ACTIVATIONS).optional() });
}

export function layerNormSpec(z: SchemaMaker) {
  return z.strictObject({ kind: z.literal('layerNorm'), activation: z.enum(ACTIVATIONS) });
}

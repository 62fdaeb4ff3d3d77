// Fully connected layers.

import { ACTIVATIONS, type LayerKind, type Rows, type SchemaMaker } from './layer-kind.js';
import type { DenseLayer, DenseOption } from './layer-types.js';

/** A dense layer: W is (inputs, units), the bias (units). */
export interface DenseShape extends Rows {
  readonly kind: 'dense';
}

const WORDS = /^dense (\d+)(?: (\w+))?$/;

export const dense: LayerKind<DenseOption, DenseLayer, DenseShape> = {
  example: 'dense 64',
  hasUnits: true,
  read(words) {
    const found = WORDS.exec(words);
    return found === null ? null : { kind: 'dense', units: Number(found[1]), activation: found[2] };
  },
  resolve: ({ units, activation }, usual) => ({ kind: 'dense', units, activation: activation ?? usual }),
  describe: ({ units, activation }) => `${units} ${activation}`,
  shape: ({ units, activation }, { inputs }) => ({ kind: 'dense', inputs, units, activation }),
  weights: ({ inputs, units }) => [{ inputs, units, role: 'matrix', hasBias: true }],
  fanOut: ({ units }) => units,
  image: () => null,
};

export function denseOption(z: SchemaMaker) {
  const activation = z.enum(ACTIVATIONS).optional();
  return z.strictObject({ kind: z.literal('dense'), units: z.int().min(1), activation });
}

export function denseSpec(z: SchemaMaker) {
  return z.strictObject({
    kind: z.literal('dense'),
    units: z.int().min(1),
    activation: z.enum(ACTIVATIONS),
  });
}

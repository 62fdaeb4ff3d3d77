// Skip connections: what went into some layers is added to what came out of them.

import { failOption } from '../errors.js';
import type { LayerKind, Rows, SchemaMaker } from './layer-kind.js';
import type { AddLayer } from './layer-types.js';

/** The end of a skip connection, without parameters; it has no activation. */
export interface AddShape extends Rows {
  readonly kind: 'add';
  readonly skip: number;
}

const WORDS = /^add (\d+)$/;

export const add: LayerKind<AddLayer, AddLayer, AddShape> = {
  example: 'add 2',
  hasUnits: false,
  read(words) {
    const found = WORDS.exec(words);
    return found === null ? null : { kind: 'add', skip: Number(found[1]) };
  },
  resolve: ({ skip }) => ({ kind: 'add', skip }),
  describe: ({ skip }) => `add ${skip}`,
  shape({ skip }, { inputs, image, index, below }) {
    const name = `layers[${index}]`;
    const source = below[index - 1 - skip];
    if (image !== null) failOption(name, 'an add after a dense layer, not on an image', `add ${skip}`);
    if (source === undefined)
      failOption(name, `an add over at most ${Math.max(0, index - 1)} layers, so that one is below`, skip);
    if (source.units !== inputs)
      failOption(name, `an add of as many units, ${source.units} and ${source.units}`, `${inputs} units`);
    return { kind: 'add', inputs, units: inputs, activation: 'linear', skip };
  },
  weights: () => [],
  fanOut: ({ units }) => units,
  image: () => null,
};

export function addOption(z: SchemaMaker) {
  return z.strictObject({ kind: z.literal('add'), skip: z.int().min(1) });
}

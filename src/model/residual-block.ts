// Residual blocks as users write them. A spec holds the layers that they stand for.

import { ACTIVATIONS, type SchemaMaker } from './layer-kind.js';
import type { Activation, LayerSpec, ResidualOption } from './layer-types.js';

const WORDS = /^residual (\d+)(?:@(\d+))?(?: (\w+))?$/;

export const residual = {
  example: 'residual 64',
  /** The fields of words; null for words of another kind. */
  read(words: string): object | null {
    const found = WORDS.exec(words);
    if (found === null) return null;
    const [, units, hidden, activation] = found;
    return {
      ...{ kind: 'residual', units: Number(units), activation },
      hidden: hidden === undefined ? undefined : Number(hidden),
    };
  },
};

/** Layers, and which of them has the units that dropout and the activity penalty are for. */
export interface Expanded {
  readonly layers: readonly LayerSpec[];
  readonly carrier: number;
}

/**
 * x + W₂ g(W₁ norm(x)), normalised before and not behind, so that a row comes through the sum as it is. Where what is below has another
 * number of units, or is no layer of known width, x is a linear map of it.
 * **Source:** He et al. (2016), Identity mappings in deep residual networks, section 4.1; Gorishniy et al. (2021), Revisiting deep
 * learning models for tabular data, section 3.2, with layer in the place of batch normalisation.
 * @param below its layers so far. @param usual the activation where it names none.
 */
export function expandResidual(
  { units, hidden = units, activation }: ResidualOption,
  below: readonly LayerSpec[],
  usual: Activation,
): Expanded {
  const projection = widthOf(below) === units ? [] : [dense(units, 'linear')];
  const layers: LayerSpec[] = [
    ...projection,
    { kind: 'layerNorm', activation: 'linear' },
    dense(hidden, activation ?? usual),
    dense(units, 'linear'),
    { kind: 'add', skip: 3 },
  ];
  return { layers, carrier: projection.length + 1 };
}

function dense(units: number, activation: Activation): LayerSpec {
  return { kind: 'dense', units, activation };
}

/** Units of the last layer; null where they follow from what is below it. */
function widthOf(layers: readonly LayerSpec[]): number | null {
  for (const layer of layers.toReversed()) {
    if (layer.kind === 'dense') return layer.units;
    if (layer.kind !== 'layerNorm' && layer.kind !== 'add') return null;
  }
  return null;
}

export function residualOption(z: SchemaMaker) {
  const count = z.int().min(1);
  const activation = z.enum(ACTIVATIONS).optional();
  return z.strictObject({ kind: z.literal('residual'), units: count, hidden: count.optional(), activation });
}

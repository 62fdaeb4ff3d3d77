// Layers of submodels that share weights, as they are trained: kinds that no user writes and no member has.

import type { InitialDraw, Rows, WeightShape } from './layer-kind.js';
import { submodelMasks, tableWidth } from './submodel-masks.js';

/** How the submodels' factors of a layer begin: at ±1 by chance, at 1, or as masks of 0 and 1, which stay. */
export type Factors = 'none' | 'signs' | 'ones' | 'masks';

/** A dense layer over one matrix, with what each submodel has of its own. */
export interface SharedShape extends Rows {
  readonly kind: 'shared';
  readonly submodels: number;
  /** Of its inputs and of its outputs. */
  readonly inputFactors: Factors;
  readonly outputFactors: Exclude<Factors, 'masks'>;
  /** Whether each submodel has a bias of its own; else they share one. */
  readonly ownBias: boolean;
  /** Whether its input is there once for all submodels. */
  readonly repeats: boolean;
  /** Whether nothing lies below it that learns. */
  readonly isFirst: boolean;
  /** Of masks, see {@link submodelMasks}. */
  readonly maskScale: number;
}

/** Dense layers of all submodels, with no weight in common. */
export interface OwnShape extends Rows {
  readonly kind: 'own';
  readonly submodels: number;
  readonly repeats: boolean;
  readonly isFirst: boolean;
  /** What a member's layer is in the trained one's place: so many times as large; absent for as it is. */
  readonly memberScale?: number | undefined;
}

function table(submodels: number, rows: number, role: WeightShape['role']): WeightShape {
  return { inputs: 1, units: submodels * tableWidth(rows), role, hasBias: false };
}

/** Where the matrices of a shared layer are among its matrices; −1 for what it has not. */
export function sharedMatrices({ inputFactors, outputFactors, ownBias }: SharedShape) {
  let next = 1;
  const place = (has: boolean) => (has ? next++ : -1);
  return {
    inputFactors: place(inputFactors !== 'none'),
    outputFactors: place(outputFactors !== 'none'),
    biases: place(ownBias),
  };
}

export const shared = {
  /** The bias of W rests where each submodel has its own. */
  weights(shape: SharedShape): readonly WeightShape[] {
    const { inputs, units, submodels, inputFactors, outputFactors, ownBias } = shape;
    const role = inputFactors === 'masks' ? 'constant' : 'scale';
    return [
      { inputs, units, role: 'matrix', hasBias: true },
      ...(inputFactors === 'none' ? [] : [table(submodels, inputs, role)]),
      ...(outputFactors === 'none' ? [] : [table(submodels, units, 'scale')]),
      ...(ownBias ? [table(submodels, units, 'scale')] : []),
    ];
  },
  fanOut: ({ units }: SharedShape) => units,
  image: () => null,
  /** W as of a dense layer, then the factors. */
  initial(shape: SharedShape, parameters: Float32Array, draw: InitialDraw): void {
    const { inputs, units, submodels, inputFactors, outputFactors, maskScale } = shape;
    drawDense(parameters, inputs, units, draw);
    let next = inputs * units + units;
    const fill = (rows: number, factors: Factors) => {
      if (factors === 'none') return;
      const width = tableWidth(rows);
      const values = parameters.subarray(next, next + submodels * width);
      next += values.length;
      if (factors === 'masks') submodelMasks(values, rows, submodels, maskScale, draw.random);
      else {
        for (let submodel = 0; submodel < submodels; submodel++) {
          for (let row = 0; row < rows; row++)
            values[submodel * width + row] = factors === 'signs' && draw.random.uniform() < 0.5 ? -1 : 1;
        }
      }
    };
    fill(inputs, inputFactors);
    fill(units, outputFactors);
  },
};

export const own = {
  weights: ({ inputs, units, submodels }: OwnShape): readonly WeightShape[] =>
    Array.from({ length: submodels }, () => ({ inputs, units, role: 'matrix', hasBias: true })),
  fanOut: ({ units }: OwnShape) => units,
  image: () => null,
};

/** Uniform draws as every layer's; the bias stays 0. */
function drawDense(parameters: Float32Array, inputs: number, units: number, { init, random }: InitialDraw) {
  const bound = Math.sqrt(6 / (init === 'he' ? inputs : inputs + units));
  for (let i = 0; i < inputs * units; i++) parameters[i] = (2 * random.uniform() - 1) * bound;
}

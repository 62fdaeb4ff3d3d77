// A trained ensemble's members evaluated by the double-precision reference network, in the user's units.

import { drawFeatureSubset } from '../../src/data/resample.js';
import type { TrainedEnsemble } from '../../src/ensemble/ensemble.js';
import { layerShapes } from '../../src/model/network.js';
import { networkSpecs } from '../../src/model/network-members.js';
import { activate, layersOf } from './reference-network.js';

/** Raw outputs of one trained member for one row of the network's input. */
export function referenceOutputs(ensemble: TrainedEnsemble, at: number, x: ArrayLike<number>): number[] {
  const { plan, members, features, task } = ensemble;
  const { index, parameters: weights } = members[at]!;
  const spec = networkSpecs(plan)[index]!;
  const columns = drawFeatureSubset(spec.featureShare, plan.seed, spec.streams.resample, features);
  let h = columns === null ? Array.from(x) : Array.from(columns, (column) => x[column]!);
  for (const { shape, w, b } of layersOf(layerShapes(spec, features, task), weights)) {
    const input = h;
    h = Array.from(b, (bias, o) => {
      const z = input.reduce((sum, value, i) => sum + value * w[i * shape.units + o]!, bias);
      return activate(shape.activation, z)[0];
    });
  }
  return h;
}

export function softmax(z: readonly number[]): number[] {
  const max = Math.max(...z);
  const total = z.reduce((sum, value) => sum + Math.exp(value - max), 0);
  return z.map((value) => Math.exp(value - max) / total);
}

export const softplus = (z: number): number => Math.log1p(Math.exp(-Math.abs(z))) + Math.max(z, 0);

/** Row `row` of a row-major array. */
export function rowOf(x: ArrayLike<number>, columns: number, row: number): number[] {
  return Array.from({ length: columns }, (_, column) => x[row * columns + column]!);
}

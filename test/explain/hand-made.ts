// Ensembles whose members are known by hand: linear in the features, so that what explanations must say has a closed form.

import type { Dataset } from '../../src/data/dataset/dataset.js';
import type { TrainedEnsemble } from '../../src/ensemble/ensemble.js';
import { RandomStream, streamKey } from '../../src/math/random.js';
import type { TrainingOptions } from '../../src/training/options/options.js';
import { trainEnsemble } from '../../src/training/train-ensemble.js';

/** x of standard normal columns, and y = Σ βᵢxᵢ + σ·normal; members see both as they are. */
export function linearRows(rows: number, beta: readonly number[], sigma: number, seed = 1) {
  const random = new RandomStream(streamKey(seed, 'noise'));
  const features = beta.length;
  const x = Float64Array.from({ length: rows * features }, () => random.normal());
  const targets = Float64Array.from({ length: rows }, (_, row) => {
    const at = (i: number) => beta[i]! * x[row * features + i]!;
    return beta.reduce((sum, _own, i) => sum + at(i), 0) + sigma * random.normal();
  });
  return { x, rows, features, targets };
}

/** An ensemble of linear members y = Σ βᵢxᵢ, one of each list of coefficients. */
export async function linearMembers(
  train: Dataset,
  coefficients: readonly (readonly number[])[],
  options: TrainingOptions = {},
): Promise<TrainedEnsemble> {
  const ensemble = await trainEnsemble(train, {
    ...{ members: coefficients.length, hidden: [], epochs: 1, seed: 3 },
    ...options,
  });
  const { mean, std } = ensemble.encoding.targets;
  const scale = ensemble.encoding.features;
  const members = ensemble.members.map((member, at) => {
    const parameters = new Float32Array(new SharedArrayBuffer(4 * (train.features + 1)));
    let bias = -mean[0]!;
    coefficients[at]!.forEach((beta, i) => {
      parameters[i] = (beta * (scale?.std[i] ?? 1)) / std[0]!;
      bias += beta * (scale?.mean[i] ?? 0);
    });
    parameters[train.features] = bias / std[0]!;
    return { ...member, parameters };
  });
  return { ...ensemble, members };
}

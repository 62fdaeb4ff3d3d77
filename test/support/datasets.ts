// Small seeded datasets for tests.

import { Dataset } from '../../src/data/dataset.js';
import { RandomStream, streamKey } from '../../src/math/random.js';

/** Gaussian clusters, one per class, far enough apart to be learnt and near enough to be missed. */
export function clusters(rows: number, features: number, classes: number, seed = 1): Dataset {
  const random = new RandomStream(streamKey(seed, 'noise'));
  const centres = Float64Array.from({ length: classes * features }, () => random.normal());
  const labels = Int32Array.from({ length: rows }, (_, row) => row % classes);
  const x = Float32Array.from({ length: rows * features }, (_, at) => {
    const row = Math.floor(at / features);
    return centres[labels[row]! * features + (at % features)]! + random.normal();
  });
  return Dataset.fromArrays({ x, rows, features, labels });
}

/** y = A x + noise with `targets` targets. */
export function linear(rows: number, features: number, targets = 1, seed = 1): Dataset {
  const random = new RandomStream(streamKey(seed, 'noise'));
  const a = Float64Array.from({ length: features * targets }, () => random.normal());
  const x = Float32Array.from({ length: rows * features }, () => random.normal());
  const y = Float32Array.from({ length: rows * targets }, (_, at) => {
    const row = Math.floor(at / targets);
    let sum = 0.3 * random.normal();
    for (let i = 0; i < features; i++) sum += x[row * features + i]! * a[i * targets + (at % targets)]!;
    return sum;
  });
  return Dataset.fromArrays({ x, rows, features, targets: y });
}

// Small seeded datasets for tests.

import { Dataset } from '../../src/data/dataset/dataset.js';
import { encodeRows, encodeTargets } from '../../src/data/dataset/encoding.js';
import { RandomStream, streamKey } from '../../src/math/random.js';

/** A dataset whose features are in single precision, and seen by members as they are. */
export type RawDataset = Dataset & { readonly x: Float32Array };

/** Gaussian clusters, one per class, far enough apart to be learnt and near enough to be missed. */
export function clusters(rows: number, features: number, classes: number, seed = 1): RawDataset {
  const random = new RandomStream(streamKey(seed, 'noise'));
  const centres = Float64Array.from({ length: classes * features }, () => random.normal());
  const labels = Int32Array.from({ length: rows }, (_, row) => row % classes);
  const x = Float32Array.from({ length: rows * features }, (_, at) => {
    const row = Math.floor(at / features);
    return centres[labels[row]! * features + (at % features)]! + random.normal();
  });
  return Dataset.fromArrays({ x, rows, features, labels, standardise: false }) as RawDataset;
}

/** y = A x + noise with `targets` targets. */
export function linear(rows: number, features: number, targets = 1, seed = 1): RawDataset {
  const random = new RandomStream(streamKey(seed, 'noise'));
  const a = Float64Array.from({ length: features * targets }, () => random.normal());
  const x = Float32Array.from({ length: rows * features }, () => random.normal());
  const y = Float32Array.from({ length: rows * targets }, (_, at) => {
    const row = Math.floor(at / targets);
    let sum = 0.3 * random.normal();
    for (let i = 0; i < features; i++) sum += x[row * features + i]! * a[i * targets + (at % targets)]!;
    return sum;
  });
  return Dataset.fromArrays({ x, rows, features, targets: y, standardise: false }) as RawDataset;
}

/** The features as members see them: f32[rows, features]. */
export function seen({ x, rows, features, encoding }: Dataset): Float32Array {
  return encodeRows(x, features, encoding.features, { start: 0, end: rows });
}

/** The targets as members are taught them, standardised: f32[rows, targets]. */
export function taught({ targets, encoding }: Dataset): Float32Array {
  return encodeTargets(targets, encoding.targets);
}

// What linear models say of training rows that they were not fitted on: the baseline beside members that never saw a row.

import type { Dataset } from '../../data/dataset/dataset.js';
import { RandomStream, shuffleInPlace, streamKey } from '../../math/random.js';
import type { CombinedPredictions } from '../../predictions/combined-predictions.js';
import { linearOf } from './fit-baseline.js';
import { asPredictions, linearAnswers } from './predict-baseline.js';

/** Parts of the rows, each predicted by a model of the others: two thirds of the rows, as a bootstrap's 63 %. */
const FOLDS = 3;

/** Near enough for a comparison, at half of the steps. */
const UNTIL = { tolerance: 1e-3 };

/**
 * Predictions of the rows `index` of a training dataset, each by a linear model of the two thirds of the rows that it is not among;
 * groups stay whole. Null where a model cannot be fitted.
 */
export function outOfFoldPredictions(train: Dataset, index: Uint32Array): CombinedPredictions | null {
  const { task, x, features, encoding } = train;
  const folds = foldsOf(train);
  const outputs = task.kind === 'classification' ? task.classes.length : task.targets.length;
  const mean = new Float64Array(index.length * outputs);
  for (let fold = 0; fold < FOLDS; fold++) {
    const model = linearOf(train, (row) => folds[row] !== fold, UNTIL);
    if (model === null) return null;
    const places = Uint32Array.from(index.keys()).filter((at) => folds[index[at]!] === fold);
    const rows = places.map((at) => index[at]!);
    const own = linearAnswers(model, { task, x, features, scale: encoding.features, index: rows });
    for (const [at, place] of places.entries()) {
      mean.set(own.subarray(at * outputs, (at + 1) * outputs), place * outputs);
    }
  }
  return asPredictions(task, mean, index.length);
}

/** The fold of each row, u8[rows]: rows, or groups, in a drawn order. */
function foldsOf({ rows, groups }: Dataset): Uint8Array {
  const units = [...new Set(groups ?? Array.from({ length: rows }, (_, row) => row))];
  shuffleInPlace(units, new RandomStream(streamKey(0, 'baselineRows', 1)));
  const foldOf = new Map(units.map((unit, position) => [unit, position % FOLDS]));
  return Uint8Array.from({ length: rows }, (_, row) => foldOf.get(groups === null ? row : groups[row]!)!);
}

// Bias and variance of a training: its ensemble trained anew on one part of the rows after the other, each drawn from all of
// them, and tested on the same held-out rows.

import type { Dataset } from '../data/dataset/dataset.js';
import { splitRows } from '../data/split.js';
import type { TrainedEnsemble } from '../ensemble/ensemble.js';
import { predictKnownRows } from '../ensemble/evaluate/known-rows.js';
import { type BiasVariance, createBiasVariance } from '../measure/bias-variance.js';
import type { Aggregator } from '../predictions/aggregate/aggregators.js';
import { targetBlock } from '../predictions/blocks.js';
import { rowsOfDataset } from './cross-validation/fold-source.js';

export interface TrainingSetsReport extends BiasVariance {
  /** Rows of each training set. */
  readonly rowsEach: number;
  /** Training sets whose ensembles lack members, and so are left out. */
  readonly incomplete: number;
}

export interface TrainingSetsOptions {
  /** How many are drawn. */
  readonly trainingSets: number;
  /** Rows of each, as a share of all, drawn without replacement, by class and with groups whole. */
  readonly share: number;
  /** Of the first; the others have those that follow. */
  readonly seed: number;
  readonly aggregator?: Aggregator;
  readonly signal?: AbortSignal;
  /** Trains one; null when every member failed. */
  train(rows: Dataset, seed: number): Promise<TrainedEnsemble | null>;
}

/**
 * Trains on each training set, with a seed of its own, and takes errors apart. Null for fewer than two whole ensembles.
 *
 * **Source:** Kohavi and Wolpert 1996, section 4: training sets are drawn from a pool that is larger than they are.
 */
export async function biasVarianceOf(
  train: Dataset,
  test: Dataset,
  options: TrainingSetsOptions,
): Promise<TrainingSetsReport | null> {
  const { trainingSets, share, seed, aggregator, signal } = options;
  const truth = targetBlock(test, null, { start: 0, end: test.rows });
  const sums = createBiasVariance(test.task, truth, test.rowWeights);
  let incomplete = 0;
  let rowsEach = 0;
  for (let set = 0; set < trainingSets; set++) {
    signal?.throwIfAborted();
    const { rows, labels, groups } = train;
    const drawn = splitRows({ rows, share, seed: seed + set, labels, groups }).test;
    rowsEach = drawn.length;
    const ensemble = await options.train(rowsOfDataset(train, drawn, null), seed + set);
    if (ensemble === null || !ensemble.complete) {
      incomplete++;
      continue;
    }
    const asked = {
      ...(aggregator === undefined ? {} : { aggregator }),
      ...(signal === undefined ? {} : { signal }),
    };
    const known = await predictKnownRows(ensemble, test, 'heldOut', asked);
    sums.addTrainingSet(known!.members, known!.combined.labels);
  }
  const found = sums.finish();
  return found === null ? null : { ...found, rowsEach, incomplete };
}

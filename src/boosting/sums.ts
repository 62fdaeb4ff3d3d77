// What is the same of all sums of nets: the options of their nets, and how they predict as ordinary ensembles.

import type { Dataset } from '../data/dataset/dataset.js';
import { type ColumnRanges, trainingFacts } from '../data/dataset/training-facts.js';
import type { TrainedEnsemble } from '../ensemble/ensemble.js';
import { failOption } from '../errors.js';
import type { TrainingOptions } from '../model/options/training-options.js';
import { statedOptions } from '../option-names.js';
import { BOOSTED_NETWORK_OPTIONS, type BoostOptions } from './options.js';

/** @throws ERR_OPTION */
export function requireStandardised({ encoding }: Dataset): void {
  const map = encoding.targets.map;
  if (map !== undefined)
    failOption('targetScaling', 'standard, for sums are of standardised numbers', map.kind);
}

/**
 * What is said of the nets, over plain ones: without what makes a member good by itself, since others make up for what one lacks.
 * @param epochs of each unless stated.
 */
export function networkOptions(options: BoostOptions, epochs: number): TrainingOptions {
  const asked: TrainingOptions = statedOptions(options, BOOSTED_NETWORK_OPTIONS);
  const hidden = asked.layers === undefined ? [64] : [];
  return { preset: 'lecture', hidden, learningRate: 0.003, batchSize: 32, epochs, ...asked };
}

/**
 * What makes the mean of the nets their sum: of numbers none is clipped, since a net alone is so many times as far out as the
 * sum; of classes it is the geometric mean.
 * @param rows they were taught.
 */
export function summedUp(dataset: Dataset, rows: number): Pick<TrainedEnsemble, 'trainedOn' | 'calibration'> {
  const facts = trainingFacts(dataset);
  return {
    trainedOn: { ...facts, targetRange: facts.targetRange && withoutLimits(facts.targetRange) },
    calibration: dataset.task.kind === 'classification' ? byGeometricMean(rows) : null,
  };
}

function withoutLimits({ low, high }: ColumnRanges): ColumnRanges {
  return { low: low.map(() => -Number.MAX_VALUE), high: high.map(() => Number.MAX_VALUE) };
}

function byGeometricMean(rows: number) {
  return {
    ...({ method: null, aggregator: 'geometricMean', rowsFrom: 'heldOut', rows } as const),
    ...{ parameters: [], figures: null, threshold: null },
  };
}

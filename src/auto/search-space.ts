// The settings that `autoEnsemble` tries: a few that are known to be good, then draws from ranges. The one place that says
// which; it grows with the recipe of members.

import type { Dataset } from '../data/dataset/dataset.js';
import type { MemberOptions } from '../model/options/training-options.js';
import type { SearchedOptions } from '../training/options/search-options.js';

/** Options that the search itself decides, or that tie members to each other. */
export const DECIDED = [
  ...['resample', 'resampleShare', 'folds', 'repeats', 'vary', 'snapshots', 'tie', 'tiedLayers', 'tyingMode'],
  ...['tyingGroup', 'earlyStopping'],
] as const;

/** What is tried first: settings known to be good, the defaults first of all. */
export function knownSettings(_dataset: Dataset): readonly MemberOptions[] {
  return [
    {},
    {
      hidden: [128, 128],
      optimizer: 'adamW',
      weightDecay: 0.05,
      schedule: 'cosine',
      epochs: 80,
      learningRate: 0.005,
    },
    { hidden: [256, 256], hiddenKeep: 0.8, activation: 'gelu', learningRate: 0.002 },
  ];
}

/** The ranges that all further settings are drawn from. */
export function searchSpace(dataset: Dataset): SearchedOptions {
  const { rows } = dataset;
  return {
    hidden: {
      choice: [[32], [64], [128], [256], [64, 64], [128, 128], [256, 128], [256, 256], [128, 128, 128]],
    },
    activation: { choice: ['relu', 'relu', 'gelu', 'tanh', 'silu', 'mish'] },
    optimizer: { choice: ['adam', 'adamW', 'adamW'] },
    learningRate: { log: [7e-4, 1.5e-2] },
    weightDecay: { log: [1e-3, 0.3] },
    hiddenKeep: { choice: [1, { uniform: [0.6, 0.95] }] },
    inputKeep: { choice: [1, 1, { uniform: [0.8, 0.98] }] },
    inputNoise: { choice: [0, 0, { uniform: [0.02, 0.3] }] },
    l2: { choice: [0, 0, { log: [1e-5, 1e-2] }] },
    labelSmoothing: { choice: [0, 0, { uniform: [0.01, 0.1] }] },
    batchSize: {
      choice: rows < 1000 ? [8, 16, 32] : rows < 20_000 ? [16, 32, 64, 128] : [64, 128, 256, 512],
    },
    schedule: { choice: ['constant', 'constant', 'cosine'] },
    epochs: { choice: [200, { integer: [40, 120] }] },
  };
}

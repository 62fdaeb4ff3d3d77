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

/** What is tried first: settings known to be good, the defaults first of all, and one of every other kind of members. */
export function knownSettings({ rows }: Dataset): readonly MemberOptions[] {
  return [
    {},
    { engine: 'trees' },
    {
      ...{ hidden: [128, 128], activation: 'gelu', optimizer: 'adamW', weightDecay: 0.05 },
      ...{ schedule: 'cosine', epochs: 80, learningRate: 0.005 },
    },
    { engine: 'trees', maxLeaves: 8, treeRate: 0.06, minLeafRows: 8, featureShare: 0.7 },
    { hidden: [] },
    // Each row is compared with all others.
    ...(rows <= MOST_STORED_ROWS ? [{ engine: 'neighbours' } as const] : []),
  ];
}

const MOST_STORED_ROWS = 20_000;

/** The ranges that all further settings are drawn from; what means nothing to a kind of members is left out there. */
export function searchSpace({ rows, task }: Dataset): SearchedOptions {
  return {
    engine: { choice: ['wasm', 'wasm', 'wasm', 'trees'] },
    hidden: { choice: [[32], [64], [128], [256], [64, 64], [128, 128], [256, 128], [256, 256], [128, 128, 128]] },
    activation: { choice: ['relu', 'relu', 'gelu', 'tanh', 'silu', 'mish'] },
    optimizer: { choice: ['adam', 'adamW', 'adamW'] },
    learningRate: { log: [7e-4, 1.5e-2] },
    weightDecay: { log: [1e-3, 0.3] },
    hiddenKeep: { choice: [1, { uniform: [0.6, 0.95] }] },
    inputKeep: { choice: [1, 1, { uniform: [0.8, 0.98] }] },
    inputNoise: { choice: [0, 0, { uniform: [0.02, 0.3] }] },
    l2: { choice: [0, 0, { log: [1e-5, 1e-2] }] },
    batchSize: { choice: batchSizes(rows) },
    schedule: { choice: ['constant', 'cosine', 'flatCos', 'coslog4'] },
    epochs: { choice: [200, { integer: [30, 120] }] },
    featureShare: { choice: [1, 1, { uniform: [0.5, 0.95] }] },
    rounds: 500,
    treeRate: { log: [0.03, 0.2] },
    maxLeaves: { choice: [4, 8, 16, 31] },
    minLeafRows: { integer: [2, 25] },
    leafL2: { choice: [0, { log: [0.1, 10] }] },
    ...(task.kind === 'classification'
      ? { labelSmoothing: { choice: [0, 0, { uniform: [0.01, 0.1] }] } }
      : {}),
  };
}

/** Small tables need many steps of an epoch, large ones quick epochs. */
function batchSizes(rows: number): readonly number[] {
  if (rows < 1000) return [8, 16, 32];
  return rows < 20_000 ? [16, 32, 64, 128] : [64, 128, 256, 512];
}

// What networks had for defaults when most tables of docs/techniques were measured. Figures state all of it, so that a script makes
// the table of its page again whatever the defaults become; docs/reference/defaults.md has what both reach.

import type { MemberOptions, TrainingOptions } from '../../src/index.js';

/** One hidden layer of 64 relu units on numbers as they are, by Adam, on a bootstrap. */
const NETWORK = {
  ...{ hidden: [64], activation: 'relu', numericEmbedding: 'none' },
  ...{ optimizer: 'adam', learningRate: 0.003, batchSize: 32 },
  resample: 'bootstrap',
} as const satisfies MemberOptions;

/** Of adamW and muon, the only ones that have one. */
const WEIGHT_DECAY = 0.01;

/**
 * A network's options with the former defaults in place of what they leave open. Options that would have no effect beside
 * them stay away, for they are refused.
 */
export function formerly(own: MemberOptions): MemberOptions;
export function formerly(own: TrainingOptions): TrainingOptions;
export function formerly(own: TrainingOptions): TrainingOptions {
  const { hidden, ...others } = NETWORK;
  const { optimizer = NETWORK.optimizer, earlyStopping, snapshots = 1 } = own;
  const stops = earlyStopping === undefined ? snapshots === 1 : earlyStopping !== 'none';
  return {
    ...others,
    ...(own.layers === undefined ? { hidden } : {}),
    ...(stops ? { epochs: 200, patience: 20 } : { epochs: 40 }),
    ...(optimizer === 'adamW' || optimizer === 'muon' ? { weightDecay: WEIGHT_DECAY } : {}),
    ...own,
  };
}

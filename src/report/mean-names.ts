// What texts call each aggregator.

import type { Aggregator } from '../predictions/aggregate/aggregate.js';

export const MEAN_NAMES: Readonly<Record<Aggregator, string>> = {
  arithmeticMean: 'arithmetic mean',
  geometricMean: 'geometric mean',
  majorityVote: 'majority vote',
};

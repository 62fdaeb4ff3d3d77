// All aggregators. To add one: its file, and its place in this list.

import { createRegistry } from '../../registry.js';
import { arithmeticMean } from './arithmetic-mean.js';
import type { AggregatorDefinition } from './definition.js';
import { geometricMean } from './geometric-mean.js';
import { majorityVote } from './majority-vote.js';

const BUILT_IN = [arithmeticMean, geometricMean, majorityVote] as const;

export type Aggregator = (typeof BUILT_IN)[number]['name'];

export const aggregators = createRegistry<AggregatorDefinition, Aggregator>('aggregator', BUILT_IN);

export const AGGREGATORS: readonly Aggregator[] = aggregators.names;

export const DEFAULT_AGGREGATOR: Aggregator = arithmeticMean.name;

// tutti/measure: what averaging bought, of any predictions, and combining them by hand.

import '../supported-node.js';

export {
  type ErrorCorrelationOptions,
  errorCorrelation,
} from '../measure/foreign/error-correlation.js';
export type {
  Label,
  MemberArray,
  PredictionArrays,
  TargetArrays,
  TaskOptions,
} from '../measure/foreign/prediction-arrays.js';
export { type HonestTest, type HonestTestOptions, honestTest } from '../measure/honest-test.js';
export { type AggregateOptions, aggregate } from '../predictions/aggregate/aggregate.js';
export { AGGREGATORS } from '../predictions/aggregate/aggregators.js';
export {
  type Uncertainty,
  type UncertaintyOptions,
  uncertaintyOf,
} from '../predictions/aggregate/uncertainty.js';
export type { Numbers } from '../predictions/blocks.js';

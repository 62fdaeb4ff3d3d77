// Aggregators: k members' predictions of the same rows become the ensemble's. Pure functions on typed
// arrays; they know nothing of training, threads or measurement. This file checks and dispatches.

import type { Task } from '../../data/dataset/dataset.js';
import { failOption, TuttiError } from '../../errors.js';
import { checkOptions, type OptionTable, option } from '../../option-names.js';
import type { Combine, CombinedPredictions } from '../combine.js';
import type { Predictions } from '../predictions.js';
import { arithmeticMean } from './arithmetic-mean.js';
import { geometricMean } from './geometric-mean.js';
import { majorityVote } from './majority-vote.js';
import { resolveShares, type Shares, shareAt } from './shares.js';

export type Aggregator = 'arithmeticMean' | 'geometricMean' | 'majorityVote';

export const AGGREGATORS: readonly Aggregator[] = ['arithmeticMean', 'geometricMean', 'majorityVote'];

/** Where a probability known only after rounding is floored before its logarithm. */
export const DEFAULT_TOLERANCE = 1e-6;

export interface AggregateOptions {
  /** One per member, finite, ≥ 0, not all 0; normalised to sum to one. @default equal */
  readonly weights?: readonly number[] | null;
  /** Floor of probabilities without known logarithms, in (0, 0.5]. @default 1e-6 */
  readonly tolerance?: number;
  /** u8[k, rows]: 1 where a member counts for a row (out of bag). @default all count */
  readonly mask?: Uint8Array | null;
}

/** What the options of whatever averages must be; see src/option-names.ts. Weights are checked against the members. */
export const COMBINE_OPTIONS = {
  aggregator: option.oneOf(...AGGREGATORS),
  weights: option.orNull(option.numbers),
  tolerance: option.number('a number in (0, 0.5]', (tolerance) => tolerance > 0 && tolerance <= 0.5),
};

const AGGREGATE_OPTIONS = {
  weights: COMBINE_OPTIONS.weights,
  tolerance: COMBINE_OPTIONS.tolerance,
  mask: option.orNull(option.numbers),
} satisfies OptionTable<AggregateOptions>;

/**
 * Combines `members`, each n rows × outputs, into the ensemble's predictions.
 * Rows that `mask` leaves without a member are NaN, with label −1.
 * @throws ERR_OPTION for bad weights or tolerance, and for a geometric mean or a vote of point
 * regressions; ERR_SHAPE for members that do not fit together; ERR_DATA for a prediction that is not finite.
 */
export function aggregate(
  kind: Aggregator,
  members: readonly Predictions[],
  task: Task,
  options: AggregateOptions = {},
): CombinedPredictions {
  checkAggregation(kind, task, options);
  const { tolerance = DEFAULT_TOLERANCE } = options;
  const { rows } = checkMembers(members, task);
  const shares = resolveShares(options.weights ?? null, members.length, rows, options.mask ?? null);
  requireFinite(members, shares);
  return combineBy(kind, members, task, shares, tolerance);
}

function checkAggregation(kind: Aggregator, task: Task, options: AggregateOptions): void {
  checkOptions('aggregate', options, AGGREGATE_OPTIONS);
  const { tolerance } = options;
  if (tolerance === undefined) return;
  if (kind !== 'geometricMean')
    failOption('tolerance', 'absent unless `aggregator` is geometricMean', tolerance);
  if (task.kind === 'regression') failOption('tolerance', 'absent for regression', tolerance);
}

function combineBy(
  kind: Aggregator,
  members: readonly Predictions[],
  task: Task,
  shares: Shares,
  tolerance: number,
): CombinedPredictions {
  switch (kind) {
    case 'arithmeticMean':
      return arithmeticMean(members, shares, task);
    case 'geometricMean':
      return geometricMean(members, shares, task, tolerance);
    case 'majorityVote':
      return majorityVote(members, shares, task);
    default:
      return failOption('aggregator', `one of ${AGGREGATORS.join(', ')}`, kind satisfies never);
  }
}

/** An aggregator with its settings bound: the form measurement takes. It trusts that predictions are finite. */
export function combiner(
  kind: Aggregator,
  task: Task,
  options: Omit<AggregateOptions, 'mask'> = {},
): Combine {
  checkAggregation(kind, task, options);
  const { weights = null, tolerance = DEFAULT_TOLERANCE } = options;
  return (members, mask = null) => {
    const { rows } = checkMembers(members, task);
    return combineBy(kind, members, task, resolveShares(weights, members.length, rows, mask), tolerance);
  };
}

/** What a member says of rows that it counts for must be numbers. */
function requireFinite(members: readonly Predictions[], shares: Shares): void {
  members.forEach(({ rows, outputs, mean, variance, logProbabilities }, member) => {
    for (let at = 0; at < rows * outputs; at++) {
      const finite = Number.isFinite(mean[at]) && (variance === null || Number.isFinite(variance[at]));
      if (finite && !Number.isNaN(logProbabilities?.[at] ?? 0)) continue;
      const row = Math.floor(at / outputs);
      const share = shareAt(shares, member, row);
      if (share === 0 || Number.isNaN(share)) continue;
      const message = `Expected finite predictions, got NaN or Infinity at member ${member}, row ${row}`;
      throw new TuttiError('ERR_DATA', message, { member, row });
    }
  });
}

function checkMembers(members: readonly Predictions[], task: Task): Predictions {
  const first = members[0];
  if (first === undefined)
    throw new TuttiError('ERR_SHAPE', 'Expected at least one member to combine, got none');
  const outputs = task.kind === 'classification' ? task.classes.length : task.targets.length;
  members.forEach((member, index) => {
    const length = first.rows * outputs;
    if (member.rows !== first.rows || member.outputs !== outputs || member.mean.length !== length) {
      throw new TuttiError(
        'ERR_SHAPE',
        `Expected member ${index} to predict ${first.rows} rows × ${outputs} outputs, ` +
          `got ${member.rows} × ${member.outputs} (${member.mean.length} numbers)`,
        { member: index },
      );
    }
  });
  return first;
}

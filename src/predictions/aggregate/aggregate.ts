// Aggregators: k members' predictions of the same rows become the ensemble's. Pure functions on typed
// arrays; they know nothing of training, threads or measurement. This file checks what they are given.

import type { Task } from '../../data/dataset/dataset.js';
import { failOption, TuttiError } from '../../errors.js';
import { checkOptions, described, type OptionTable, option } from '../../option-names.js';
import type { Combine, CombinedPredictions } from '../combined-predictions.js';
import type { Predictions } from '../predictions.js';
import { type Aggregator, aggregators, DEFAULT_AGGREGATOR } from './aggregators.js';
import { DEFAULT_TOLERANCE } from './geometric-mean.js';
import { resolveShares, type Shares, shareAt } from './shares.js';

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
  aggregator: described(option.named(aggregators), {
    kind: 'choice',
    says: 'how members are averaged',
    default: DEFAULT_AGGREGATOR,
  }),
  weights: described(option.orNull(option.numbers), {
    kind: 'numbers',
    says: 'weight of each member in the average',
    range: 'each a number ≥ 0',
    defaultSays: 'those saved with it, else equal',
  }),
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
  name: Aggregator,
  members: readonly Predictions[],
  task: Task,
  options: AggregateOptions = {},
): CombinedPredictions {
  checkAggregation(name, task, options);
  const { tolerance = DEFAULT_TOLERANCE } = options;
  const { rows } = checkMembers(members, task);
  const shares = resolveShares(options.weights ?? null, members.length, rows, options.mask ?? null);
  requireFinite(members, shares);
  return combineBy(name, members, task, shares, tolerance);
}

function checkAggregation(name: Aggregator, task: Task, options: AggregateOptions): void {
  const { floors } = aggregators.get(name);
  checkOptions('aggregate', options, AGGREGATE_OPTIONS);
  const { tolerance } = options;
  if (tolerance === undefined || floors.includes(task.kind)) return;
  if (floors.length > 0) failOption('tolerance', `absent for ${task.kind}`, tolerance);
  const flooring = aggregators.entries.filter((entry) => entry.floors.length > 0).map((entry) => entry.name);
  failOption('tolerance', `absent unless \`aggregator\` is ${flooring.join(' or ')}`, tolerance);
}

function combineBy(
  name: Aggregator,
  members: readonly Predictions[],
  task: Task,
  shares: Shares,
  tolerance: number,
): CombinedPredictions {
  const { combine, misfit } = aggregators.get(name);
  const expected = misfit(
    task.kind,
    members.every((member) => member.variance !== null),
  );
  if (expected !== null) failOption('aggregator', expected, name);
  return combine(members, shares, task, tolerance);
}

/** An aggregator with its settings bound: the form measurement takes. It trusts that predictions are finite. */
export function combiner(
  name: Aggregator,
  task: Task,
  options: Omit<AggregateOptions, 'mask'> = {},
): Combine {
  checkAggregation(name, task, options);
  const { weights = null, tolerance = DEFAULT_TOLERANCE } = options;
  return (members, mask = null) => {
    const { rows } = checkMembers(members, task);
    return combineBy(name, members, task, resolveShares(weights, members.length, rows, mask), tolerance);
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

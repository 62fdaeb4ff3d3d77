// Error correlation of predictions from any library, in one call: the front door of this folder for
// arrays in memory. Streaming callers use the accumulators instead.

import { failOption } from '../../errors.js';
import { checkOptions, type OptionTable, type OptionUses, option, requireUses } from '../../option-names.js';
import { blockRanges, type TargetBlock } from '../../predictions/blocks.js';
import { createErrorAccumulator } from '../correlation/error-accumulator.js';
import type { ErrorCorrelation } from '../correlation/error-report.js';
import { INTERVAL_OPTIONS, INTERVAL_USES, type IntervalOptions } from '../correlation/intervals.js';
import {
  type FlatPredictions,
  flattenPredictions,
  type PredictionArrays,
  type TargetArrays,
  type TaskOptions,
} from './prediction-arrays.js';

const LABELS = { expected: 'a list of labels', holds: Array.isArray };

export interface ErrorCorrelationOptions extends TaskOptions, IntervalOptions {
  /** Whether to return the k × k matrix. @default members ≤ 128 */
  readonly covariance?: boolean;
  /** Per member, per row: whether the row is out of bag. @default every member counts for every row */
  readonly outOfBag?: readonly ArrayLike<number | boolean>[] | null;
}

const CORRELATION_OPTIONS = {
  ...INTERVAL_OPTIONS,
  task: option.oneOf('classification', 'regression'),
  rows: option.integer(1),
  classes: LABELS,
  covariance: option.flag,
  outOfBag: option.orNull(option.lists),
} satisfies OptionTable<ErrorCorrelationOptions>;

const CORRELATION_USES = {
  ...INTERVAL_USES,
  classes: { says: '`task` is classification', holds: ({ task }) => task !== 'regression' },
} satisfies OptionUses<ErrorCorrelationOptions>;

/**
 * v, c and ρ of k members' errors, and what averaging them bought.
 *
 * @param predictions k members × n rows × outputs: class probabilities, or values. One probability column
 * per member is the probability of the second class and counts as two classes.
 * @param targets a class label per row, or the true values.
 * @throws ERR_SHAPE when sizes disagree; ERR_DATA for a prediction that is not finite (member and row named)
 * or a label that is no class; ERR_OPTION for options out of range.
 */
export function errorCorrelation(
  predictions: PredictionArrays,
  targets: TargetArrays,
  options: ErrorCorrelationOptions = {},
): ErrorCorrelation {
  checkOptions('errorCorrelation', options, CORRELATION_OPTIONS);
  requireUses(options, CORRELATION_USES);
  const flat = flattenPredictions(predictions, targets, options);
  const { task, rows, columns, members } = flat;
  const outOfBag = options.outOfBag ?? null;
  const accumulator = createErrorAccumulator({
    ...options,
    ...{ memberCount: members.length, task, outOfBag: outOfBag !== null },
  });
  if (outOfBag !== null) checkMask(outOfBag, members.length, rows);
  for (const { start, end } of blockRanges(rows)) {
    accumulator.addBlock(
      members.map((member) => member.subarray(start * columns, end * columns)),
      sliceTargets(flat, start, end),
      outOfBag === null ? null : sliceMask(outOfBag, start, end),
    );
  }
  return accumulator.finish();
}

/** The targets of rows start … end. */
export function sliceTargets(
  flat: Pick<FlatPredictions, 'targets' | 'task'>,
  start: number,
  end: number,
): TargetBlock {
  const { labels, targets } = flat.targets;
  const columns = flat.task.kind === 'regression' ? flat.task.targets.length : 0;
  return {
    rows: end - start,
    labels: labels.subarray(start, end),
    targets: targets.subarray(start * columns, end * columns),
  };
}

function checkMask(mask: readonly ArrayLike<number | boolean>[], members: number, rows: number): void {
  if (mask.length === members && mask.every((own) => own.length === rows)) return;
  failOption('outOfBag', `${members} arrays of ${rows} flags`, `${mask.length} of ${mask[0]?.length ?? 0}`);
}

function sliceMask(mask: readonly ArrayLike<number | boolean>[], start: number, end: number): Uint8Array {
  const rows = end - start;
  const sliced = new Uint8Array(mask.length * rows);
  mask.forEach((own, member) => {
    for (let row = 0; row < rows; row++) sliced[member * rows + row] = own[start + row] ? 1 : 0;
  });
  return sliced;
}

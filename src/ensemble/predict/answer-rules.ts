// What holds for every member's answer before anything is made of it: it is finite, and a regression's stays within
// the range of the training targets. Members are clipped one by one and then averaged, so that the identity of
// the mean's error with its members' (v/k + (k − 1)c/k) holds for what is reported.

import type { ColumnRanges } from '../../data/dataset/training-facts.js';
import { failOption, TuttiError } from '../../errors.js';
import { LONG_CALL_OPTIONS, type LongCallOptions } from '../../long-calls.js';
import { allFinite } from '../../math/statistics.js';
import { described, type OptionTable, option } from '../../option-names.js';
import type { RowRange } from '../../predictions/blocks.js';
import type { Predictions } from '../../predictions/predictions.js';
import type { Quantiles } from '../../predictions/quantiles.js';
import type { TrainedEnsemble } from '../ensemble.js';

export interface AnswerOptions extends LongCallOptions {
  /**
   * Regression: whether each member's predictions are kept within the range of the training targets; variances are
   * not touched. @default true where that range is known: not in ensembles saved before format 3
   */
  readonly clip?: boolean;
}

export const ANSWER_OPTIONS = {
  ...LONG_CALL_OPTIONS,
  clip: described(option.flag, {
    kind: 'flag',
    says: "numbers: keep each member's predictions within the range of the training targets",
    default: true,
  }),
} satisfies OptionTable<AnswerOptions>;

export interface AnswerRules {
  /**
   * Checks and clips a block of answers, in place.
   * @throws ERR_DATA naming member and row of an answer that is not finite.
   */
  apply(members: readonly Predictions[], range: RowRange, index: ArrayLike<number> | null): void;
}

/**
 * The rules for an ensemble's members, given in the order of `ensemble.members`.
 * @throws ERR_OPTION for a clip that cannot be, or would not do anything.
 */
export function answerRules(ensemble: TrainedEnsemble, { clip }: AnswerOptions): AnswerRules {
  const limits = clipRange(ensemble, clip);
  const plan = ensemble.members.map(({ index }) => index);
  return {
    apply(members, range, index) {
      members.forEach((answer, member) => {
        const { mean, quantiles } = answer;
        if (limits !== null && quantiles !== undefined) clipQuantiles(quantiles, limits);
        if (limits === null && allFinite(mean)) return;
        const wrong =
          limits === null ? mean.findIndex((value) => !Number.isFinite(value)) : clipValues(mean, limits);
        if (wrong >= 0) failAnswer(answer, plan[member]!, wrong, range, index);
      });
    },
  };
}

/** The range that predictions are kept within; null for none. @throws ERR_OPTION as {@link answerRules}. */
export function clipRange(
  { task, trainedOn }: Pick<TrainedEnsemble, 'task' | 'trainedOn'>,
  clip?: boolean,
): ColumnRanges | null {
  if (clip !== undefined && typeof clip !== 'boolean') failOption('clip', 'true or false', clip);
  if (task.kind === 'classification') {
    if (clip !== undefined) failOption('clip', 'unset for classification', clip);
    return null;
  }
  if (clip === false) return null;
  const range = trainedOn?.targetRange ?? null;
  if (range === null && clip === true) {
    failOption('clip', 'unset for an ensemble saved without the range of its training targets', clip);
  }
  return range;
}

/** Clips in place. @returns the place of the first number of a column that is not finite, which stays; −1 where there is none. */
function clipValues(values: Predictions['mean'], { low, high }: ColumnRanges): number {
  const columns = low.length;
  for (let column = 0; column < columns; column++) {
    const [least, most] = [low[column]!, high[column]!];
    for (let at = column; at < values.length; at += columns) {
      const value = values[at]!;
      if (!Number.isFinite(value)) return at;
      values[at] = Math.min(Math.max(value, least), most);
    }
  }
  return -1;
}

/** Clips the quantiles of each target in place: they stay in order, and about the median. */
function clipQuantiles({ levels, values }: Quantiles, { low, high }: ColumnRanges): void {
  const targets = low.length;
  for (let at = 0; at < values.length; at++) {
    const target = Math.floor(at / levels.length) % targets;
    values[at] = Math.min(Math.max(values[at]!, low[target]!), high[target]!);
  }
}

function failAnswer(
  { mean, outputs }: Predictions,
  member: number,
  at: number,
  { start }: RowRange,
  index: ArrayLike<number> | null,
): never {
  const position = start + Math.floor(at / outputs);
  const row = index === null ? position : index[position]!;
  const message = `Expected member ${member} to predict finite numbers, got ${mean[at]} for row ${row}`;
  throw new TuttiError('ERR_DATA', message, { member, row });
}

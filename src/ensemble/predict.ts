// Predicting with a trained ensemble, on the calling thread and without a pool.
// Rows go through in fixed blocks, so memory does not grow with members × rows.

import { setImmediate } from 'node:timers/promises';
import { outputCount, type Values } from '../data/dataset.js';
import { TuttiError } from '../errors.js';
import { blockRanges, blockRowsFor, type RowRange } from '../measure/blocks.js';
import type { CombinedPredictions } from '../measure/combine.js';
import type { Predictions } from '../measure/predictions.js';
import { checkOptions, type OptionTable } from '../option-names.js';
import { type Aggregator, COMBINE_OPTIONS, combiner } from './aggregate/aggregate.js';
import { ANSWER_OPTIONS, type AnswerOptions } from './answers.js';
import { averagingWeights } from './averaging-weights.js';
import type { Ensemble } from './ensemble.js';
import { type Inputs, inputsOf } from './inputs.js';
import { createBlockPredictor } from './predictors.js';

export interface CombineOptions extends AnswerOptions {
  /** @default 'arithmeticMean' */
  readonly aggregator?: Aggregator;
  /** One per trained member, in plan order. @default those the members carry, else equal */
  readonly weights?: readonly number[];
  /** Floor of probabilities that do not come from logits. @default 1e-6 */
  readonly tolerance?: number;
}

export const PREDICT_OPTIONS = {
  ...COMBINE_OPTIONS,
  ...ANSWER_OPTIONS,
} satisfies OptionTable<CombineOptions>;

/**
 * Predicts rows.
 * @param x [rows, features] in the user's units, those of the training dataset's `x`: what `transformFeatures` makes
 * of a table, or the `x` of a dataset; or a dataset.
 * @returns probabilities, or values in the user's units (f64).
 * @throws ERR_SHAPE when x is not a whole number of rows, or a dataset of other columns; ERR_DATA for a value that is
 * not finite (row and column named); ERR_OPTION for weights that do not fit; ERR_ARITHMETIC when this host cannot do the ensemble's arithmetic; ERR_MODULE when a module of the user's is not
 * there or not the one it was trained with; ERR_LEARNER when a learner fails; ERR_ENGINE_MISSING.
 */
export async function predictEnsemble(
  ensemble: Ensemble,
  inputs: Inputs,
  options: CombineOptions = {},
): Promise<CombinedPredictions> {
  checkOptions('predictEnsemble', options, PREDICT_OPTIONS);
  const { x, rows } = inputsOf(ensemble, inputs);
  const combine = combiner(
    options.aggregator ?? 'arithmeticMean',
    ensemble.task,
    combineSettings(ensemble, options),
  );
  const blocks: CombinedPredictions[] = [];
  await eachBlock(ensemble, x, rows, null, (members) => blocks.push(combine(members)), options);
  return concatenate(blocks, rows);
}

/** An aggregator's settings: those given, and the weights that the members carry where none are. */
export function combineSettings(
  ensemble: Ensemble,
  { weights = averagingWeights(ensemble) ?? undefined, tolerance }: CombineOptions,
): { weights?: readonly number[]; tolerance?: number } {
  return { ...(weights === undefined ? {} : { weights }), ...(tolerance === undefined ? {} : { tolerance }) };
}

/**
 * Visits every block of rows with each member's predictions in the user's units. They are views that the
 * next block overwrites. Between blocks the event loop gets its turn, so that signals and timers work.
 * @param x [n, features] in the user's units. @param index rows to visit, or null for all.
 */
export async function eachBlock(
  ensemble: Ensemble,
  x: Values,
  rows: number,
  index: Uint32Array | null,
  visit: (members: readonly Predictions[], range: RowRange) => void,
  options: AnswerOptions = {},
): Promise<void> {
  const blockRows = blockRowsFor(ensemble.members.length, outputCount(ensemble.task));
  const predictor = await createBlockPredictor(ensemble, blockRows, options);
  try {
    for (const range of blockRanges(rows, blockRows)) {
      visit(await predictor.predictBlock(x, range, index), range);
      await setImmediate();
    }
  } finally {
    predictor.dispose();
  }
}

/** Consecutive blocks as one. @throws ERR_SHAPE when there are none. */
export function concatenate(blocks: readonly CombinedPredictions[], rows: number): CombinedPredictions {
  const first = blocks[0];
  if (first === undefined)
    throw new TuttiError('ERR_SHAPE', 'Expected at least one row to predict, got none');
  const join = (part: (block: CombinedPredictions) => Values | null): Values | null => {
    const own = part(first);
    if (own === null) return null;
    const length = rows * first.outputs;
    const all = own instanceof Float32Array ? new Float32Array(length) : new Float64Array(length);
    let next = 0;
    for (const block of blocks) {
      all.set(part(block)!, next);
      next += part(block)!.length;
    }
    return all;
  };
  const labels =
    first.labels === null ? null : Int32Array.from(blocks.flatMap((block) => [...block.labels!]));
  return {
    rows,
    outputs: first.outputs,
    mean: join((block) => block.mean)!,
    logProbabilities: join((block) => block.logProbabilities) as Float32Array | null,
    variance: join((block) => block.variance),
    labels,
    flooredCount: blocks.reduce((sum, block) => sum + block.flooredCount, 0),
    varianceKind: first.varianceKind,
  };
}

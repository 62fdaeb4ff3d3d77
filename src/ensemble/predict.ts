// Predicting with a trained ensemble, on the calling thread and without a pool.
// Rows go through in fixed blocks, so memory does not grow with members × rows.

import { setImmediate } from 'node:timers/promises';
import { outputCount, type Scale } from '../data/dataset.js';
import { TuttiError } from '../errors.js';
import { blockRanges, blockRowsFor, type RowRange } from '../measure/blocks.js';
import type { CombinedPredictions } from '../measure/combine.js';
import type { Predictions } from '../measure/predictions.js';
import { checkOptions, type OptionTable } from '../option-names.js';
import { type Aggregator, COMBINE_OPTIONS, combiner } from './aggregate/aggregate.js';
import { averagingWeights } from './averaging-weights.js';
import type { Ensemble } from './ensemble.js';
import { createBlockPredictor } from './predictors.js';

export interface CombineOptions {
  /** @default 'arithmeticMean' */
  readonly aggregator?: Aggregator;
  /** One per trained member, in plan order. @default those the members carry, else equal */
  readonly weights?: readonly number[];
  /** Floor of probabilities that do not come from logits. @default 1e-6 */
  readonly tolerance?: number;
}

/**
 * Predicts rows.
 * @param x f32[rows, features] in the units of the training dataset's arrays; for an ensemble trained on a
 * file, the output of its preprocessing.
 * @throws ERR_SHAPE when x is not a whole number of rows; ERR_OPTION for weights that do not fit;
 * ERR_ARITHMETIC when this host cannot do the ensemble's arithmetic; ERR_MODULE when a module of the user's is not
 * there or not the one it was trained with; ERR_LEARNER when a learner fails; ERR_ENGINE_MISSING.
 */
export async function predictEnsemble(
  ensemble: Ensemble,
  x: Float32Array,
  options: CombineOptions = {},
): Promise<CombinedPredictions> {
  checkOptions('predictEnsemble', options, COMBINE_OPTIONS satisfies OptionTable<CombineOptions>);
  const rows = checkRows(ensemble, x);
  const combine = combiner(
    options.aggregator ?? 'arithmeticMean',
    ensemble.task,
    combineSettings(ensemble, options),
  );
  const blocks: CombinedPredictions[] = [];
  await eachBlock(ensemble, standardise(x, ensemble.featureScale), rows, null, (members) => {
    blocks.push(combine(members));
  });
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
 * @param index rows to visit, or null for all.
 */
export async function eachBlock(
  ensemble: Ensemble,
  x: Float32Array,
  rows: number,
  index: Uint32Array | null,
  visit: (members: readonly Predictions[], range: RowRange) => void,
): Promise<void> {
  const blockRows = blockRowsFor(ensemble.members.length, outputCount(ensemble.task));
  const predictor = await createBlockPredictor(ensemble, blockRows);
  try {
    for (const range of blockRanges(rows, blockRows)) {
      visit(await predictor.predictBlock(x, range, index), range);
      await setImmediate();
    }
  } finally {
    predictor.dispose();
  }
}

/** x in the units the networks were trained on. */
export function standardise(x: Float32Array, scale: Scale | null): Float32Array {
  if (scale === null) return x;
  const { mean, std } = scale;
  return x.map((value, at) => (value - mean[at % mean.length]!) / std[at % mean.length]!);
}

/** @throws ERR_SHAPE when x is not a whole number of rows. */
export function checkRows({ features }: Ensemble, x: Float32Array): number {
  const rows = x.length / features;
  if (Number.isInteger(rows)) return rows;
  throw new TuttiError(
    'ERR_SHAPE',
    `Expected x to be whole rows of ${features} features, got ${x.length} numbers`,
    { features, length: x.length },
  );
}

/** Consecutive blocks as one. @throws ERR_SHAPE when there are none. */
export function concatenate(blocks: readonly CombinedPredictions[], rows: number): CombinedPredictions {
  const first = blocks[0];
  if (first === undefined)
    throw new TuttiError('ERR_SHAPE', 'Expected at least one row to predict, got none');
  const join = (part: (block: CombinedPredictions) => Float32Array | null): Float32Array | null => {
    if (part(first) === null) return null;
    const all = new Float32Array(rows * first.outputs);
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
    logProbabilities: join((block) => block.logProbabilities),
    variance: join((block) => block.variance),
    labels,
    flooredCount: blocks.reduce((sum, block) => sum + block.flooredCount, 0),
    varianceKind: first.varianceKind,
  };
}

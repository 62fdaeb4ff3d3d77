// Predicting with a trained ensemble, on the calling thread and without a pool.
// Rows go through in fixed blocks, so memory does not grow with members × rows.

// The declaration file names Disposable, which a user's own libs may not hold.
/// <reference lib="esnext.disposable" preserve="true" />

import { outputCount, type Values } from '../../data/dataset/dataset.js';
import { TuttiError } from '../../errors.js';
import { betweenBlocks, LONG_CALL_OPTIONS, type LongCallOptions } from '../../long-calls.js';
import { checkOptions, type OptionTable, pickOptions } from '../../option-names.js';
import { COMBINE_OPTIONS, combiner } from '../../predictions/aggregate/aggregate.js';
import { type Aggregator, DEFAULT_AGGREGATOR } from '../../predictions/aggregate/aggregators.js';
import { blockRanges, blockRowsFor, type RowRange } from '../../predictions/blocks.js';
import type { CombinedPredictions } from '../../predictions/combined-predictions.js';
import type { Predictions } from '../../predictions/predictions.js';
import type { TrainedEnsemble } from '../ensemble.js';
import { ANSWER_OPTIONS, type AnswerOptions } from './answer-rules.js';
import { averagingWeights } from './averaging-weights.js';
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

/** An ensemble with its members loaded; see {@link createPredictor}. */
export interface EnsemblePredictor extends Disposable {
  /**
   * Predicts rows, as {@link predictEnsemble} does. Several predictions may be under way: they take turns, block by
   * block of rows, so that one row does not wait for the whole of a long prediction.
   * @throws ERR_CANCELLED once the predictor has been disposed of.
   */
  predict(inputs: Inputs, options?: LongCallOptions): Promise<CombinedPredictions>;
  /** Lets go of the members. */
  dispose(): void;
}

/** Networks' weights that a predictor keeps loaded, in bytes: half of what one memory can hold. */
const KEPT_BYTES = 2 ** 31;

/**
 * Predicts rows.
 * @param inputs [rows, features] in the user's units, those of the training dataset's `x`; a dataset; or raw rows, as a
 * table or as records: `[{ sqm: 100, city: 'Berlin' }]`.
 * @returns probabilities, or values in the user's units (f64).
 * @throws ERR_SHAPE when x is not a whole number of rows, or a dataset of other columns; ERR_DATA for a value that is
 * not finite or does not fit its column (row and column named); ERR_OPTION for weights that do not fit; ERR_ARITHMETIC
 * when this host cannot do the ensemble's arithmetic; ERR_MODULE when a module of the user's is not
 * there or not the one it was trained with; ERR_LEARNER when a learner fails; ERR_ENGINE_MISSING.
 */
export async function predictEnsemble(
  ensemble: TrainedEnsemble,
  inputs: Inputs,
  options: CombineOptions = {},
): Promise<CombinedPredictions> {
  checkOptions('predictEnsemble', options, PREDICT_OPTIONS);
  options.signal?.throwIfAborted();
  const { x } = inputsOf(ensemble, inputs);
  const predictor = await loadPredictor(ensemble, options);
  try {
    return await predictor.predict(x, pickOptions(options, LONG_CALL_OPTIONS));
  } finally {
    predictor.dispose();
  }
}

/**
 * Loads the members of an ensemble once, for many predictions: what takes longest of a prediction of a few rows.
 *
 *     using predictor = await createPredictor(ensemble);
 *     const { mean } = await predictor.predict([{ sqm: 100, city: 'Berlin' }]);
 *
 * @param options what {@link predictEnsemble} takes, for all predictions; the signal is for the loading, and each prediction
 * takes one of its own.
 * @throws what {@link predictEnsemble} throws for the ensemble and the options; ERR_MEMORY when it does not fit.
 */
export async function createPredictor(
  ensemble: TrainedEnsemble,
  options: CombineOptions = {},
): Promise<EnsemblePredictor> {
  checkOptions('createPredictor', options, PREDICT_OPTIONS);
  options.signal?.throwIfAborted();
  return loadPredictor(ensemble, options, KEPT_BYTES);
}

async function loadPredictor(
  ensemble: TrainedEnsemble,
  options: CombineOptions,
  loadedBytes?: number,
): Promise<EnsemblePredictor> {
  const { members, task } = ensemble;
  const blockRows = blockRowsFor(members.length, outputCount(task));
  const combine = combiner(
    options.aggregator ?? DEFAULT_AGGREGATOR,
    task,
    combineSettings(ensemble, options),
  );
  const loaded = await createBlockPredictor(ensemble, blockRows, options, loadedBytes);
  if (options.signal?.aborted) {
    loaded.dispose();
    throw options.signal.reason;
  }
  const next = turns();
  let disposed = false;
  const predictBlock = async (x: Values, range: RowRange): Promise<CombinedPredictions> => {
    if (disposed) throw new TuttiError('ERR_CANCELLED', 'The predictor has ended');
    return combine(await loaded.predictBlock(x, range, null));
  };
  const dispose = () => {
    if (disposed) return;
    disposed = true;
    void next(async () => loaded.dispose());
  };
  return {
    async predict(inputs, options = {}) {
      checkOptions('predict', options, LONG_CALL_OPTIONS);
      const { signal } = options;
      signal?.throwIfAborted();
      const { x, rows } = inputsOf(ensemble, inputs);
      const blocks: CombinedPredictions[] = [];
      for (const range of blockRanges(rows, blockRows)) {
        if (range.start > 0) await betweenBlocks(signal);
        blocks.push(await next(() => predictBlock(x, range)));
      }
      return blocks.length === 1 ? blocks[0]! : concatenate(blocks, rows);
    },
    dispose,
    [Symbol.dispose]: dispose,
  };
}

/** Runs what it is given one after the other: members answer in memory that their next answer overwrites. */
function turns(): <T>(run: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (run) => {
    const mine = last.then(run);
    last = mine.catch(() => {});
    return mine;
  };
}

/** An aggregator's settings: those given, and the weights that the members carry where none are. */
export function combineSettings(
  ensemble: TrainedEnsemble,
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
  ensemble: TrainedEnsemble,
  x: Values,
  rows: number,
  index: Uint32Array | null,
  visit: (members: readonly Predictions[], range: RowRange) => void,
  options: AnswerOptions = {},
): Promise<void> {
  const { signal } = options;
  signal?.throwIfAborted();
  const blockRows = blockRowsFor(ensemble.members.length, outputCount(ensemble.task));
  const predictor = await createBlockPredictor(ensemble, blockRows, options);
  try {
    signal?.throwIfAborted();
    for (const range of blockRanges(rows, blockRows)) {
      visit(await predictor.predictBlock(x, range, index), range);
      await betweenBlocks(signal);
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

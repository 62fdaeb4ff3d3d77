// Predicting with a trained ensemble, on the calling thread and without a pool.
// Rows go through in fixed blocks, so memory does not grow with members × rows.

// The declaration file names Disposable, which a user's own libs may not hold.
/// <reference lib="esnext.disposable" preserve="true" />

import { COVERAGE_OPTIONS, type CoverageOptions } from '../../conformal/guarantee-options.js';
import type { Values } from '../../data/dataset/dataset.js';
import { TuttiError } from '../../errors.js';
import { betweenBlocks, LONG_CALL_OPTIONS, type LongCallOptions } from '../../long-calls.js';
import { checkOptions, type OptionTable, pickOptions } from '../../option-names.js';
import { COMBINE_OPTIONS } from '../../predictions/aggregate/aggregate.js';
import type { Aggregator } from '../../predictions/aggregate/aggregators.js';
import { blockRanges, type RowRange } from '../../predictions/blocks.js';
import type { CombinedPredictions } from '../../predictions/combined-predictions.js';
import { requireEnsemble, type TrainedEnsemble } from '../ensemble.js';
import { ANSWER_OPTIONS, type AnswerOptions } from './answer-rules.js';
import { concatenate, turns } from './consecutive-blocks.js';
import { CALIBRATED_OPTIONS, type CalibratedOptions } from './ensemble-combiner.js';
import { ensembleAnswer, sentEnsemble } from './guarantees.js';
import { type Inputs, inputsOf } from './inputs.js';
import { blockRowsOf } from './member-blocks.js';
import { createBlockPredictor } from './predictors.js';
import {
  predictingRunner,
  ROW_RUNNER_OPTIONS,
  type RowOptions,
  type RowRunnerOptions,
  type RowSession,
} from './row-runner.js';
import { eachBlockOnThreads } from './rows-on-threads.js';
import { KEPT_BYTES } from './stored-members.js';
import { isWorthThreads } from './worth-threads.js';

export { concatenate } from './consecutive-blocks.js';
export { aggregatorFor, combineSettings, ensembleCombiner } from './ensemble-combiner.js';
export { blockRowsOf, eachBlock } from './member-blocks.js';

/** What threads are told of how rows are predicted. */
const ROW_OPTIONS = {
  ...COMBINE_OPTIONS,
  ...CALIBRATED_OPTIONS,
  ...COVERAGE_OPTIONS,
  clip: ANSWER_OPTIONS.clip,
} satisfies OptionTable<RowOptions>;

export interface CombineOptions extends AnswerOptions, RowRunnerOptions, CalibratedOptions {
  /** @default that which the ensemble is calibrated for, else 'arithmeticMean' */
  readonly aggregator?: Aggregator;
  /** One per trained member, in plan order. @default those the members carry, else equal */
  readonly weights?: readonly number[];
  /** Floor of probabilities that do not come from logits. @default 1e-6 */
  readonly tolerance?: number;
}

/** What predicting new rows takes; what measures knows their truth, and needs no guarantee. */
export interface PredictOptions extends CombineOptions, CoverageOptions {}

export const PREDICT_OPTIONS = {
  ...COMBINE_OPTIONS,
  ...CALIBRATED_OPTIONS,
  ...ANSWER_OPTIONS,
  ...ROW_RUNNER_OPTIONS,
} satisfies OptionTable<CombineOptions>;

const GUARANTEED_OPTIONS = {
  ...PREDICT_OPTIONS,
  ...COVERAGE_OPTIONS,
} satisfies OptionTable<PredictOptions>;

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

/** As src/api/many-rows.ts says of it, on the calling thread where no runner is named. */
export async function predictEnsemble(
  ensemble: TrainedEnsemble,
  inputs: Inputs,
  options: PredictOptions = {},
): Promise<CombinedPredictions> {
  requireEnsemble(ensemble);
  checkOptions('predictEnsemble', options, GUARANTEED_OPTIONS);
  options.signal?.throwIfAborted();
  const { x } = inputsOf(ensemble, inputs);
  const predictor = await loadPredictor(ensemble, options);
  try {
    return await predictor.predict(x, pickOptions(options, LONG_CALL_OPTIONS));
  } finally {
    predictor.dispose();
  }
}

/** As src/api/many-rows.ts says of it, on the calling thread where no runner is named. */
export async function createPredictor(
  ensemble: TrainedEnsemble,
  options: PredictOptions = {},
): Promise<EnsemblePredictor> {
  requireEnsemble(ensemble);
  checkOptions('createPredictor', options, GUARANTEED_OPTIONS);
  options.signal?.throwIfAborted();
  return loadPredictor(ensemble, options, KEPT_BYTES);
}

async function loadPredictor(
  ensemble: TrainedEnsemble,
  options: PredictOptions,
  loadedBytes?: number,
): Promise<EnsemblePredictor> {
  const { features } = ensemble;
  const runner = predictingRunner(options.runner);
  const blockRows = blockRowsOf(ensemble);
  const answer = ensembleAnswer(ensemble, options);
  const loaded = await createBlockPredictor(ensemble, blockRows, options, loadedBytes);
  if (options.signal?.aborted) {
    loaded.dispose();
    throw options.signal.reason;
  }
  const next = turns();
  let disposed = false;
  let session: RowSession | null = null;
  const predictBlock = async (x: Values, range: RowRange): Promise<CombinedPredictions> => {
    if (disposed) throw new TuttiError('ERR_CANCELLED', 'The predictor has ended');
    return answer(await loaded.predictBlock(x, range, null), x, range.start);
  };
  const dispose = () => {
    if (disposed) return;
    disposed = true;
    session?.close();
    void next(async () => loaded.dispose());
  };
  return {
    async predict(inputs, call = {}) {
      checkOptions('predict', call, LONG_CALL_OPTIONS);
      const { signal } = call;
      signal?.throwIfAborted();
      const { x, rows } = inputsOf(ensemble, inputs);
      const here = (range: RowRange) => next(() => predictBlock(x, range));
      const blocks: CombinedPredictions[] = [];
      if (!disposed && isWorthThreads(ensemble, rows, runner, options)) {
        session ??= runner.openRows(sentEnsemble(ensemble, options), pickOptions(options, ROW_OPTIONS));
        const asked = { x, features, rows, index: null, blockRows, what: 'combined', signal, here } as const;
        await eachBlockOnThreads(session, runner.threads, asked, (block) => blocks.push(block));
      } else {
        for (const range of blockRanges(rows, blockRows)) {
          if (range.start > 0) await betweenBlocks(signal);
          blocks.push(await here(range));
        }
      }
      return blocks.length === 1 ? blocks[0]! : concatenate(blocks, rows);
    },
    dispose,
    [Symbol.dispose]: dispose,
  };
}

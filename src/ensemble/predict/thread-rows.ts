// What a thread does with rows to predict: it loads their ensemble when it is first sent, keeps it until it is told to let
// go, and answers block by block.

import { blockRanges } from '../../predictions/blocks.js';
import type { CombinedPredictions } from '../../predictions/combined-predictions.js';
import type { Predictions } from '../../predictions/predictions.js';
import { copyOf } from '../../predictions/row-parts.js';
import type { TrainedEnsemble } from '../ensemble.js';
import { type BlockAnswer, ensembleAnswer } from './guarantees.js';
import { blockRowsOf, concatenate } from './predict.js';
import { type BlockPredictor, createBlockPredictor } from './predictors.js';
import type { RowAnswers, RowOptions, RowsAsked } from './row-runner.js';

/** An ensemble as it is sent. */
export interface SentEnsemble {
  readonly ensemble: TrainedEnsemble;
  readonly options: RowOptions;
}

export interface ThreadRows {
  /**
   * @param name of the ensemble. @param sent the ensemble itself; null where the thread may have it already.
   * @returns null where it has not.
   * @throws what predicting throws.
   */
  predict(
    name: string,
    sent: SentEnsemble | null,
    asked: RowsAsked,
  ): Promise<readonly RowAnswers[keyof RowAnswers][] | null>;
  /** Lets go of ensembles, whose names may be unknown. @returns whether there was one to let go of. */
  drop(names: readonly string[]): boolean;
}

interface Loaded {
  readonly predictor: BlockPredictor;
  readonly answer: BlockAnswer;
  readonly blockRows: number;
}

export function createThreadRows(): ThreadRows {
  const loaded = new Map<string, Loaded>();
  return {
    async predict(name, sent, asked) {
      let own = loaded.get(name);
      if (own === undefined) {
        if (sent === null) return null;
        own = await load(sent);
        loaded.set(name, own);
      }
      return answerRows(own, asked);
    },
    drop(names) {
      const before = loaded.size;
      for (const name of names) {
        loaded.get(name)?.predictor.dispose();
        loaded.delete(name);
      }
      return loaded.size < before;
    },
  };
}

async function load({ ensemble, options }: SentEnsemble): Promise<Loaded> {
  const blockRows = blockRowsOf(ensemble);
  return {
    predictor: await createBlockPredictor(ensemble, blockRows, options),
    answer: ensembleAnswer(ensemble, options),
    blockRows,
  };
}

async function answerRows(
  { predictor, answer, blockRows }: Loaded,
  { x, rows, what }: RowsAsked,
): Promise<readonly RowAnswers[keyof RowAnswers][]> {
  const combined: CombinedPredictions[] = [];
  const each: (readonly Predictions[])[] = [];
  for (const range of blockRanges(rows, blockRows)) {
    const members = await predictor.predictBlock(x, range, null);
    if (what === 'combined') combined.push(answer(members, x, range.start));
    else each.push(members.map(copyOf));
  }
  return what === 'combined' ? [concatenate(combined, rows)] : each;
}

// An ensemble loaded once for many predictions, which answers records with objects and all else with arrays.

// The declaration file names Disposable, which a user's own libs may not hold.
/// <reference lib="esnext.disposable" preserve="true" />

import type { TaskKind } from '../data/dataset/dataset.js';
import type { DataRecord } from '../data/table/record-table.js';
import type { TrainedEnsemble } from '../ensemble/ensemble.js';
import { type ArrayInputs, type Inputs, isRecords } from '../ensemble/predict/inputs.js';
import type { PredictOptions } from '../ensemble/predict/predict.js';
import type { LongCallOptions } from '../long-calls.js';
import type { CombinedPredictions } from '../predictions/combined-predictions.js';
import { createPredictor, predictEnsemble } from './many-rows.js';
import { type PredictedRow, rowsOf } from './predicted-rows.js';

/** Classes of n rows: `mean` holds probabilities, f32[n, classes]. */
export interface PredictedClasses extends CombinedPredictions {
  /** Class index of each row, i32[n]. */
  readonly labels: Int32Array;
}

/** Numbers of n rows: `mean` holds values in the user's units, f64[n, targets]. */
export interface PredictedValues extends CombinedPredictions {
  readonly labels: null;
}

/** Predictions of a task as arrays. */
export type PredictedArrays<Kind extends TaskKind = TaskKind> = {
  readonly classification: PredictedClasses;
  readonly regression: PredictedValues;
}[Kind];

/** An object for each record, in their order; as many as there are, where that is known. */
export type PredictedRecords<Kind extends TaskKind, Records extends readonly DataRecord[]> = {
  [At in keyof Records]: PredictedRow<Kind>;
};

/** An ensemble with its members loaded; see `ensemble.predictor`. */
export interface Predictor<Kind extends TaskKind = TaskKind> extends Disposable {
  /**
   * Predicts as `ensemble.predict` does, without loading members again. Several predictions may be under way: they take
   * turns, block by block of rows.
   * @throws ERR_CANCELLED once the predictor has been disposed of.
   */
  predict<const Records extends readonly DataRecord[]>(
    records: Records,
    options?: LongCallOptions,
  ): Promise<PredictedRecords<Kind, Records>>;
  predict(rows: ArrayInputs, options?: LongCallOptions): Promise<PredictedArrays<Kind>>;
  /** Lets go of the members. */
  dispose(): void;
}

type Answer<Kind extends TaskKind> = PredictedRow<Kind>[] | PredictedArrays<Kind>;

/** Predicts once. */
export async function predictOnce<Kind extends TaskKind>(
  record: TrainedEnsemble<Kind>,
  inputs: Inputs,
  options?: PredictOptions,
): Promise<Answer<Kind>> {
  return answer(record, inputs, await predictEnsemble(record, inputs, options));
}

/** Loads an ensemble's members. */
export async function loadPredictor<Kind extends TaskKind>(
  record: TrainedEnsemble<Kind>,
  options?: PredictOptions,
): Promise<Predictor<Kind>> {
  const loaded = await createPredictor(record, options);
  async function predict<const Records extends readonly DataRecord[]>(
    records: Records,
    options?: LongCallOptions,
  ): Promise<PredictedRecords<Kind, Records>>;
  async function predict(rows: ArrayInputs, options?: LongCallOptions): Promise<PredictedArrays<Kind>>;
  async function predict(inputs: Inputs, options?: LongCallOptions): Promise<Answer<Kind>> {
    return answer(record, inputs, await loaded.predict(inputs, options));
  }
  return { predict, dispose: loaded.dispose, [Symbol.dispose]: loaded.dispose };
}

/** Objects for records, arrays for all else. */
function answer<Kind extends TaskKind>(
  record: TrainedEnsemble<Kind>,
  inputs: Inputs,
  predictions: CombinedPredictions,
): Answer<Kind>;
function answer({ task }: TrainedEnsemble, inputs: Inputs, predictions: CombinedPredictions) {
  return isRecords(inputs) ? rowsOf(task, predictions) : predictions;
}

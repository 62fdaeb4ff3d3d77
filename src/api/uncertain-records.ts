// A record's prediction and where its uncertainty comes from, as an object of the user's own words.

import type { Task, TaskKind } from '../data/dataset/dataset.js';
import type { DataRecord } from '../data/table/record-table.js';
import type { UncertainPredictions } from '../ensemble/predict/predict-uncertainty.js';
import {
  type NamedNumbers,
  named,
  type PredictedClass,
  type PredictedRow,
  type PredictedValue,
  rowsOf,
} from './predicted-rows.js';

/** A row of a classification and its uncertainty: entropies in nats, at most ln of the number of classes. */
export interface UncertainClass {
  readonly prediction: PredictedClass;
  /** Entropy of the mean of the members' probabilities: the sum of the other two. */
  readonly total: number;
  /** Mean entropy of the members' own probabilities: what they find noisy in the data. */
  readonly aleatoric: number;
  /** Mutual information of class and member: what members disagree on. */
  readonly epistemic: number;
}

/** A row of a regression and its uncertainty: variances by the target's name, in the square of the user's units. */
export interface UncertainValue {
  readonly prediction: PredictedValue;
  /** The sum of the other two; null unless all members have a Gaussian head. */
  readonly total: NamedNumbers | null;
  /** Mean of the members' variances: what they find noisy in the data; null unless all have a Gaussian head. */
  readonly aleatoric: NamedNumbers | null;
  /** Variance of the members' values: what they disagree on. */
  readonly epistemic: NamedNumbers;
}

/** A row of a task with its uncertainty. */
export type UncertainRow<Kind extends TaskKind = TaskKind> = {
  readonly classification: UncertainClass;
  readonly regression: UncertainValue;
}[Kind];

/** An object for each record, in their order; as many as there are, where that is known. */
export type UncertainRecords<Kind extends TaskKind, Records extends readonly DataRecord[]> = {
  [At in keyof Records]: UncertainRow<Kind>;
};

/** The rows of predictions and their uncertainty as objects, in their order. */
export function uncertainRows<Kind extends TaskKind>(
  task: Task<Kind>,
  found: UncertainPredictions,
): UncertainRow<Kind>[];
export function uncertainRows(task: Task, found: UncertainPredictions): UncertainRow[] {
  const rows: PredictedRow[] = rowsOf(task, found.predictions);
  const { total, aleatoric, epistemic } = found;
  return rows.map((prediction, row) => {
    const of = (values: Float64Array | null) => values && uncertaintyAtRow(task, values, row);
    return {
      prediction,
      total: of(total),
      aleatoric: of(aleatoric),
      epistemic: of(epistemic),
    } as UncertainRow;
  });
}

/** A number of each row of classes; of numbers one by the name of each target. */
export function uncertaintyAtRow(task: Task, values: Float64Array, row: number): number | NamedNumbers {
  if (task.kind === 'classification') return values[row] ?? Number.NaN;
  return named(task.targets, values, row);
}

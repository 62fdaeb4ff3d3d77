// A map from the probabilities that an ensemble's members are combined into to calibrated ones, as plain data that is
// saved with the ensemble. Types alone.

import type { Aggregator } from '../predictions/aggregate/aggregators.js';

export type CalibrationMethod = 'temperature' | 'vector' | 'isotonic';

export interface Calibration {
  /** Null where only a decision threshold was chosen. */
  readonly method: CalibrationMethod | null;
  /** How members must be combined for it to hold. */
  readonly aggregator: Aggregator;
  /** Which rows it was fitted on: those of the training, each by the members that never saw it, or others. */
  readonly rowsFrom: 'outOfBag' | 'heldOut';
  readonly rows: number;
  /**
   * By method: `temperature` [T]; `vector` the scale of each class, then the bias of each class; `isotonic` the
   * probabilities of the second class at the knots, ascending, then what each becomes, ascending too; none for null.
   */
  readonly parameters: readonly number[];
  /** Null for no method. */
  readonly figures: CalibrationFigures | null;
  /** Null where the most probable class is predicted. */
  readonly threshold: DecisionThreshold | null;
}

/** What calibration does to rows that it was not fitted on: each of the folds by a fit on the others. */
export interface CalibrationFigures {
  readonly folds: number;
  readonly before: CalibrationScores;
  /** Of what was fitted, also where that was no better and the probabilities stay as they are. */
  readonly after: CalibrationScores;
}

export interface CalibrationScores {
  readonly logLoss: number;
  /** Expected calibration error over 15 equal bins of the highest probability. */
  readonly ece: number;
}

/** When the second of two classes, the positive one, is predicted: where its probability is at least `value`. */
export interface DecisionThreshold {
  /** In (0, 1); 0.5 where one that is chosen was no better on rows left out. */
  readonly value: number;
  /** The score that it was chosen for; null where it was given. */
  readonly criterion: string | null;
  /** The score of each fold by the threshold that the others chose, and of 0.5 in all; null where it was given. */
  readonly figures: { readonly chosen: number; readonly half: number } | null;
}

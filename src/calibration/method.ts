// What a calibration method is: one record in a file of its own, listed in methods.ts.

import type { CalibrationMethod } from './calibration.js';
import type { CalibrationRows } from './rows.js';

export interface CalibrationMethodDefinition {
  readonly name: CalibrationMethod;
  /** What texts call it. */
  readonly title: string;
  /** What it does, as a clause. */
  readonly says: string;
  /** Whether it is for tasks of two classes alone. */
  readonly binary: boolean;
  /** The parameters that leave probabilities as they are. */
  identity(classes: number): number[];
  /** Whether finite numbers are parameters of it. */
  fits(parameters: readonly number[], classes: number): boolean;
  /** The parameters that suit rows best; null where nothing does, as where every row is predicted rightly. */
  fit(rows: CalibrationRows): number[] | null;
  /**
   * Calibrates in place: `logits`, f64[rows, classes], logarithms of probabilities, become those of calibrated ones.
   */
  apply(parameters: readonly number[], logits: Float64Array, classes: number): void;
}

// What a calibration method is: one record in a file of its own, listed in methods.ts; how it is fitted stands in fits.ts.

import type { CalibrationMethod } from './calibration.js';

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
  /**
   * Calibrates in place: `logits`, f64[rows, classes], logarithms of probabilities, become those of calibrated ones.
   */
  apply(parameters: readonly number[], logits: Float64Array, classes: number): void;
}

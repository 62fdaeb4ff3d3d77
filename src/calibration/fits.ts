// How each method is fitted: apart from methods.ts, since what predicts fits none.

import type { CalibrationMethod } from './calibration.js';
import { fitIsotonic } from './fit-isotonic.js';
import { fitTemperature } from './fit-temperature.js';
import { fitVector } from './fit-vector.js';
import type { CalibrationRows } from './rows.js';

/** The parameters that suit rows best; null where nothing does, as where every row is predicted rightly. */
export const FITS: Readonly<Record<CalibrationMethod, (rows: CalibrationRows) => number[] | null>> = {
  temperature: fitTemperature,
  vector: (rows) => fitVector(rows),
  isotonic: fitIsotonic,
};

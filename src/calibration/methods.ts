// All calibration methods. To add one: its file, its name in calibration.ts, and its place in this list.

import { createRegistry } from '../registry.js';
import type { CalibrationMethod } from './calibration.js';
import { isotonic } from './isotonic.js';
import type { CalibrationMethodDefinition } from './method.js';
import { temperature } from './temperature.js';
import { vector } from './vector.js';

export const calibrationMethods = createRegistry<CalibrationMethodDefinition, CalibrationMethod>(
  'calibration method',
  [temperature, vector, isotonic],
);

export const CALIBRATION_METHODS: readonly CalibrationMethod[] = calibrationMethods.names;

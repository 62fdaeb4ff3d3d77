// All calibration methods. To add one: its file, its name in calibration.ts, its place in this list, and its fit in
// fits.ts.

import { createRegistry } from '../registry.js';
import type { Calibration, CalibrationMethod } from './calibration.js';
import { isotonic } from './isotonic.js';
import type { CalibrationMethodDefinition } from './method.js';
import { temperature } from './temperature.js';
import { vector } from './vector.js';

export const calibrationMethods = createRegistry<CalibrationMethodDefinition, CalibrationMethod>(
  'calibration method',
  [temperature, vector, isotonic],
);

export const CALIBRATION_METHODS: readonly CalibrationMethod[] = calibrationMethods.names;

/** Whether a calibration leaves probabilities as they are: by a method's identity, or by none. */
export function isIdentity(
  { method, parameters }: Pick<Calibration, 'method' | 'parameters'>,
  classes: number,
): boolean {
  if (method === null) return true;
  const identity = calibrationMethods.get(method).identity(classes);
  return parameters.length === identity.length && parameters.every((value, at) => value === identity[at]);
}

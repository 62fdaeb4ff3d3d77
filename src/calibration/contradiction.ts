// What no single field of a calibration can say: that its parameters are those of its method and of the task.

import type { Task } from '../data/dataset/dataset.js';
import type { Calibration } from './calibration.js';

/** What contradicts the task, or itself, in a calibration whose every field is fine, or null. */
export function contradictionOfCalibration(calibration: Calibration, task: Task): string | null {
  const { method, parameters, figures, threshold } = calibration;
  if (task.kind !== 'classification') return 'calibration of a regression';
  const classes = task.classes.length;
  if (threshold !== null && classes !== 2) return `a decision threshold for ${classes} classes`;
  if (method === null && threshold === null) return 'a calibration of nothing';
  if ((method === null) !== (figures === null)) return 'a calibration without its figures';
  const fits = {
    temperature: () => parameters.length === 1 && parameters[0]! > 0,
    vector: () =>
      parameters.length === 2 * classes && parameters.slice(0, classes).every((scale) => scale > 0),
    isotonic: () => classes === 2 && areKnots(parameters),
    none: () => parameters.length === 0,
  };
  return fits[method ?? 'none']() ? null : `parameters that are no calibration by ${method ?? 'nothing'}`;
}

/** Knots ascending, and what they become within (0, 1) or the ends of it, ascending too. */
function areKnots(parameters: readonly number[]): boolean {
  const knots = parameters.length / 2;
  if (!Number.isInteger(knots) || knots < 1) return false;
  const places = parameters.slice(0, knots);
  const values = parameters.slice(knots);
  return (
    parameters.every((value) => value >= 0 && value <= 1) &&
    places.every((place, at) => at === 0 || place > places[at - 1]!) &&
    values.every((value, at) => at === 0 || value >= values[at - 1]!)
  );
}

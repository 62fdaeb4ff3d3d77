// What no single field of a calibration can say: that its parameters are those of its method and of the task.

import type { Task } from '../data/dataset/dataset.js';
import { DEFAULT_AGGREGATOR } from '../predictions/aggregate/aggregators.js';
import type { Calibration } from './calibration.js';
import { calibrationMethods } from './methods.js';

/** What contradicts the task, or itself, in a calibration whose every field is fine, or null. */
export function contradictionOfCalibration(calibration: Calibration, task: Task): string | null {
  const { method, aggregator, parameters, figures, threshold } = calibration;
  if (task.kind !== 'classification') return 'calibration of a regression';
  const classes = task.classes.length;
  if (threshold !== null && classes !== 2) return `a decision threshold for ${classes} classes`;
  // By itself an aggregator says how members are meant to be combined: the usual one need not be said.
  if (method === null && threshold === null && aggregator === DEFAULT_AGGREGATOR)
    return 'a calibration of nothing';
  if ((method === null) !== (figures === null)) return 'a calibration without its figures';
  if (method === null) return parameters.length === 0 ? null : 'parameters of no calibration';
  const { binary, fits } = calibrationMethods.get(method);
  if (!(binary && classes !== 2) && fits(parameters, classes)) return null;
  return `parameters that are no calibration by ${method}`;
}

// The options that say whether probabilities are calibrated, and from which on the second of two classes is predicted.

import {
  type CalibrationRequest,
  LEAST_ROWS,
  requireCalibratable,
} from '../../calibration/fit-calibration.js';
import { calibrationMethods } from '../../calibration/methods.js';
import { CALIBRATION_OPTIONS } from '../../calibration/options.js';
import { THRESHOLD_CRITERIA } from '../../calibration/threshold.js';
import type { Dataset } from '../../data/dataset/dataset.js';
import { failOption, TuttiError } from '../../errors.js';
import type { Aggregator } from '../../predictions/aggregate/aggregators.js';
import { findChoice } from './choices.js';
import type { GivenOptions } from './command.js';
import type { OptionRow } from './option-row.js';
import { rowsIn } from './rows.js';

const averaging = rowsIn('averaging');

/** For the commands that train. */
export const CALIBRATION_ROWS: readonly OptionRow[] = [
  {
    ...averaging.of(CALIBRATION_OPTIONS, 'method', { argument: 'method', defaultText: 'not calibrated' }),
    name: 'calibrate',
    aliases: ['calibration'],
  },
  averaging.of(CALIBRATION_OPTIONS, 'threshold', { argument: 'score|number' }),
];

/** What is to be fitted; undefined for nothing. @throws ERR_OPTION */
export function calibrationOf({ calibrate, threshold }: GivenOptions): CalibrationRequest | undefined {
  const method = calibrationMethods.has(calibrate) ? calibrate : null;
  const decision = threshold === undefined ? null : thresholdOf(threshold);
  return method === null && decision === null ? undefined : { method, threshold: decision };
}

/** Refuses what cannot be calibrated before anything is trained for it. @throws ERR_OPTION, ERR_DATA */
export function checkCalibration(request: CalibrationRequest, train: Dataset, aggregator: Aggregator): void {
  requireCalibratable(train.task, aggregator, request, 'calibrate');
  if (train.rows >= LEAST_ROWS) return;
  const message = `Expected at least ${LEAST_ROWS} rows to calibrate on, got ${train.rows}`;
  throw new TuttiError('ERR_DATA', message, { rows: train.rows });
}

/** A number as it stands, or the score of a name. */
function thresholdOf(given: unknown): CalibrationRequest['threshold'] {
  const text = String(given);
  const value = findChoice(THRESHOLD_CRITERIA, text) ?? (text.trim() === '' ? text : Number(text));
  const { expected, holds } = CALIBRATION_OPTIONS.threshold;
  return holds(value) ? (value as CalibrationRequest['threshold']) : failOption('threshold', expected, given);
}

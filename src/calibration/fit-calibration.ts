// Fits a calibration to rows whose truth is known, and says what it does to rows that it was not fitted on.

import { failOption, TuttiError } from '../errors.js';
import { exp, log } from '../math/functions.js';
import { LOG_LOSS_FLOOR } from '../measure/metrics/log-loss.js';
import { RELIABILITY_BINS, widthBin } from '../measure/statistics/bins.js';
import { type Aggregator, aggregators } from '../predictions/aggregate/aggregators.js';
import type { KnownRows } from '../predictions/known-rows.js';
import { largestAt } from '../predictions/labels.js';
import type { Calibration, CalibrationMethod, CalibrationScores, DecisionThreshold } from './calibration.js';
import { CALIBRATION_FOLDS, foldsOf, othersOf } from './fold-rows.js';
import { calibrationMethods } from './methods.js';
import { type CalibrationRows, calibrationRows, pick } from './rows.js';
import {
  type BinaryRows,
  chooseThreshold,
  decide,
  decisionScore,
  type ThresholdCriterion,
} from './threshold.js';

/** What is to be fitted; at least one of the two. */
export interface CalibrationRequest {
  readonly method: CalibrationMethod | null;
  /** The score to choose it for, or the threshold itself, in (0, 1); null for the most probable class. */
  readonly threshold: ThresholdCriterion | number | null;
}

/** Rows of fewer than this are too few to judge a calibration on. */
export const LEAST_ROWS = 20;

/**
 * Fits a calibration, and judges it by folds: each fold's rows are calibrated by a fit on the others. Where that does not lower
 * their log-loss, the probabilities stay as they are.
 * @param known their combined predictions not calibrated.
 * @throws ERR_OPTION for numbers, for what is of two classes alone and votes; ERR_DATA for too few rows or rows of one class.
 */
export function fitCalibration(
  known: KnownRows,
  aggregator: Aggregator,
  { method, threshold }: CalibrationRequest,
): Calibration {
  requireCalibratable(known.task, aggregator, { method, threshold });
  const rows = calibrationRows(known);
  requireRows(rows, known);
  const folds = foldsOf(rows.rows);
  const fitted = method === null ? null : fitMethod(method, rows, folds);
  const { rowsFrom } = known;
  return {
    ...{ method, aggregator, rowsFrom, rows: rows.rows },
    parameters: fitted?.parameters ?? [],
    figures: fitted?.figures ?? null,
    threshold:
      threshold === null ? null : thresholdOf(threshold, rows, folds, method, fitted?.helps ?? false),
  };
}

/** What is wrong with a calibration before any row is predicted. @param name what the option of the method is called. @throws ERR_OPTION */
export function requireCalibratable(
  task: KnownRows['task'],
  aggregator: Aggregator,
  { method, threshold }: CalibrationRequest,
  name: 'method' | 'calibrate' = 'method',
): void {
  const option = method === null ? 'threshold' : name;
  const got = method ?? threshold;
  if (task.kind === 'regression')
    failOption(option, 'absent for regression, which has no probabilities', got);
  if (!aggregators.get(aggregator).probabilities) {
    failOption(
      option,
      `absent for the ${aggregators.get(aggregator).title}, whose shares are no probabilities`,
      got,
    );
  }
  const classes = task.classes.length;
  if (method !== null && calibrationMethods.get(method).binary && classes !== 2) {
    failOption(name, `temperature or vector for ${classes} classes`, method);
  }
  if (threshold !== null && classes !== 2)
    failOption('threshold', `absent for ${classes} classes`, threshold);
}

function requireRows({ rows, labels }: CalibrationRows, { task }: KnownRows): void {
  const what = 'to calibrate on';
  if (rows < LEAST_ROWS) {
    const message = `Expected at least ${LEAST_ROWS} rows that count ${what}, got ${rows}`;
    throw new TuttiError('ERR_DATA', message, { rows });
  }
  const first = labels[0]!;
  if (task.kind === 'classification' && labels.every((label) => label === first)) {
    const message = `Expected rows of at least two classes ${what}, got ${rows} of class ${task.classes[first]}`;
    throw new TuttiError('ERR_DATA', message, { rows });
  }
}

/** The parameters that are kept, and the figures of the folds. */
function fitMethod(name: CalibrationMethod, rows: CalibrationRows, folds: readonly Uint32Array[]) {
  const { identity, fit } = calibrationMethods.get(name);
  const unchanged = identity(rows.classes);
  const crossed = rows.logits.slice();
  for (const fold of folds) {
    const parameters = fit(pick(rows, othersOf(rows.rows, fold)));
    if (parameters !== null) calibrateRows(name, parameters, crossed, fold, rows.classes);
  }
  const before = scoresOf(rows, rows.logits);
  const after = scoresOf(rows, crossed);
  const parameters = after.logLoss < before.logLoss ? fit(rows) : null;
  return {
    parameters: parameters ?? unchanged,
    figures: { folds: CALIBRATION_FOLDS, before, after },
    helps: parameters !== null,
  };
}

/** Calibrates some rows of logits, in place. */
function calibrateRows(
  name: CalibrationMethod,
  parameters: readonly number[],
  logits: Float64Array,
  indices: Uint32Array,
  classes: number,
): void {
  const own = new Float64Array(indices.length * classes);
  indices.forEach((row, at) => {
    own.set(logits.subarray(row * classes, (row + 1) * classes), at * classes);
  });
  calibrationMethods.get(name).apply(parameters, own, classes);
  indices.forEach((row, at) => {
    logits.set(own.subarray(at * classes, (at + 1) * classes), row * classes);
  });
}

const LOG_FLOOR = log(LOG_LOSS_FLOOR);

/** Mean log-loss, and expected calibration error over equal bins of the highest probability, by weight. */
export function scoresOf(
  { rows, classes, labels, weights }: CalibrationRows,
  logits: Float64Array,
): CalibrationScores {
  let loss = 0;
  const gaps = new Float64Array(RELIABILITY_BINS);
  for (let row = 0; row < rows; row++) {
    const from = row * classes;
    loss -= weights[row]! * Math.max(logits[from + labels[row]!]!, LOG_FLOOR);
    const choice = largestAt(logits, from, classes);
    const confidence = Math.min(1, exp(logits[from + choice]!));
    gaps[widthBin(confidence, RELIABILITY_BINS)]! +=
      weights[row]! * ((choice === labels[row] ? 1 : 0) - confidence);
  }
  let ece = 0;
  for (const gap of gaps) ece += Math.abs(gap);
  return { logLoss: loss / rows, ece: ece / rows };
}

/**
 * A threshold that is given, or the best one, with the score of each fold by what the others chose; 0.5 where that is no
 * better.
 */
function thresholdOf(
  asked: ThresholdCriterion | number,
  rows: CalibrationRows,
  folds: readonly Uint32Array[],
  method: CalibrationMethod | null,
  helps: boolean,
): DecisionThreshold {
  if (typeof asked === 'number') return { value: asked, criterion: null, figures: null };
  /** All rows as a fit on some of them calibrates them. */
  const calibratedBy = (some: Uint32Array | null): BinaryRows => {
    const logits = rows.logits.slice();
    if (method !== null && helps) {
      const { fit, apply } = calibrationMethods.get(method);
      const parameters = fit(some === null ? rows : pick(rows, some));
      if (parameters !== null) apply(parameters, logits, rows.classes);
    }
    const probabilities = Float32Array.from({ length: rows.rows }, (_, row) => exp(logits[2 * row + 1]!));
    return { probabilities, labels: rows.labels, weights: rows.weights };
  };
  const decisions = new Uint8Array(rows.rows);
  for (const fold of folds) {
    const others = othersOf(rows.rows, fold);
    const calibrated = calibratedBy(others);
    const value = chooseThreshold(asked, pickBinary(calibrated, others));
    const own = decide(pickBinary(calibrated, fold).probabilities, value);
    fold.forEach((row, at) => {
      decisions[row] = own[at]!;
    });
  }
  const all = calibratedBy(null);
  const chosen = decisionScore(asked, decisions, all);
  const half = decisionScore(asked, decide(all.probabilities, 0.5), all);
  const value = chosen > half ? chooseThreshold(asked, all) : 0.5;
  return { value, criterion: asked, figures: { chosen, half } };
}

function pickBinary({ probabilities, labels, weights }: BinaryRows, indices: Uint32Array): BinaryRows {
  return {
    probabilities: Float32Array.from(indices, (row) => probabilities[row]!),
    labels: Int32Array.from(indices, (row) => labels[row]!),
    weights: Float64Array.from(indices, (row) => weights[row]!),
  };
}

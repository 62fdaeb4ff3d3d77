// Fits a calibration to rows whose truth is known, and says what it does to rows that it was not fitted on.

import { failOption, TuttiError } from '../errors.js';
import { exp, log } from '../math/functions.js';
import { LOG_LOSS_FLOOR } from '../measure/metrics/log-loss.js';
import { RELIABILITY_BINS, widthBin } from '../measure/statistics/bins.js';
import { type Aggregator, aggregators } from '../predictions/aggregate/aggregators.js';
import type { KnownRows } from '../predictions/known-rows.js';
import { largestAt } from '../predictions/labels.js';
import type { Calibration, CalibrationMethod, CalibrationScores, DecisionThreshold } from './calibration.js';
import { FITS } from './fits.js';
import { foldsOf, othersOf } from './fold-rows.js';
import { calibrationMethods } from './methods.js';
import { type CalibrationRows, calibrationRows, squaresByGroup } from './rows.js';
import { type Fold, foldOf, type Sharpening, sharpened, sharpeningOf } from './sharpen.js';
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
 * Fits a calibration, and judges it by folds, in which groups stay whole: each fold's rows are calibrated by a fit on the others. Where that does not lower
 * their log-loss by more than its standard error, the probabilities stay as they are.
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
  const folds = foldsOf(rows.rows, rows.groups)
    .filter((fold) => fold.length > 0)
    .map((fold) => foldOf(rows, fold, othersOf(rows.rows, fold)));
  const sharpening = sharpeningOf(rows);
  const all = sharpened(rows, sharpening);
  const fitted = method === null ? null : fitMethod(method, all, folds, sharpening);
  const { rowsFrom } = known;
  return {
    ...{ method, aggregator, rowsFrom, rows: rows.rows },
    parameters: fitted?.parameters ?? [],
    figures: fitted?.figures ?? null,
    threshold: threshold === null ? null : thresholdOf(threshold, all, folds, method, fitted?.helps ?? false),
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

function requireRows({ rows, labels, groups }: CalibrationRows, { task }: KnownRows): void {
  const what = 'to calibrate on';
  if (rows < LEAST_ROWS) {
    const message = `Expected at least ${LEAST_ROWS} rows that count ${what}, got ${rows}`;
    throw new TuttiError('ERR_DATA', message, { rows });
  }
  if (groups?.every((group) => group === groups[0])) {
    const message = `Expected rows of at least two groups ${what}, got ${rows} of one`;
    throw new TuttiError('ERR_DATA', message, { rows });
  }
  const first = labels[0]!;
  if (task.kind === 'classification' && labels.every((label) => label === first)) {
    const message = `Expected rows of at least two classes ${what}, got ${rows} of class ${task.classes[first]}`;
    throw new TuttiError('ERR_DATA', message, { rows });
  }
}

/** The parameters that are kept, and the figures of the folds. */
function fitMethod(
  name: CalibrationMethod,
  rows: CalibrationRows,
  folds: readonly Fold[],
  sharpening: Sharpening | null,
) {
  const { identity, apply } = calibrationMethods.get(name);
  const fit = FITS[name];
  const { classes } = rows;
  const uncalibrated = new Float64Array(rows.logits.length);
  const crossed = new Float64Array(rows.logits.length);
  for (const { indices, own, others } of folds) {
    placeRows(own.logits, indices, classes, uncalibrated);
    const logits = own.logits.slice();
    const parameters = fit(others);
    if (parameters !== null) apply(parameters, logits, classes);
    placeRows(logits, indices, classes, crossed);
  }
  const before = scoresOf(rows, uncalibrated);
  const after = scoresOf(rows, crossed);
  // All of a temperature may be chance, and is none then.
  const isChance = name === 'temperature' && sharpening?.temperature === 1;
  const parameters = !isChance && isLower(rows, crossed, uncalibrated) ? fit(rows) : null;
  return {
    parameters: parameters ?? identity(classes),
    figures: { folds: folds.length, before, after },
    helps: parameters !== null,
  };
}

/** Whether the log-loss of some logits is lower than that of others by more than its standard error over the choice of rows, or of groups of them. */
function isLower(
  { rows, classes, labels, weights, groups = null }: CalibrationRows,
  one: Float64Array,
  other: Float64Array,
): boolean {
  let sum = 0;
  const gains = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const at = row * classes + labels[row]!;
    gains[row] = weights[row]! * (Math.max(one[at]!, LOG_FLOOR) - Math.max(other[at]!, LOG_FLOOR));
    sum += gains[row]!;
  }
  const units = groups === null ? rows : new Set(groups).size;
  return sum > 0 && sum * sum > squaresByGroup(gains, groups) - (sum * sum) / units;
}

/** Puts rows of logits to their places among all. */
function placeRows(logits: Float64Array, indices: Uint32Array, classes: number, all: Float64Array): void {
  indices.forEach((row, at) => {
    all.set(logits.subarray(at * classes, (at + 1) * classes), row * classes);
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
  folds: readonly Fold[],
  method: CalibrationMethod | null,
  helps: boolean,
): DecisionThreshold {
  if (typeof asked === 'number') return { value: asked, criterion: null, figures: null };
  /** Rows as a fit on others, or on themselves, calibrates them. */
  const calibratedBy = (fitted: CalibrationRows, own: CalibrationRows): BinaryRows => {
    const logits = own.logits.slice();
    const parameters = method !== null && helps ? FITS[method](fitted) : null;
    if (parameters !== null) calibrationMethods.get(method!).apply(parameters, logits, own.classes);
    const probabilities = Float32Array.from({ length: own.rows }, (_, row) => exp(logits[2 * row + 1]!));
    return { probabilities, labels: own.labels, weights: own.weights };
  };
  const decisions = new Uint8Array(rows.rows);
  const byHalf = new Uint8Array(rows.rows);
  for (const { indices, own, others } of folds) {
    const value = chooseThreshold(asked, calibratedBy(others, others));
    const { probabilities } = calibratedBy(others, own);
    const [decided, half] = [decide(probabilities, value), decide(probabilities, 0.5)];
    indices.forEach((row, at) => {
      decisions[row] = decided[at]!;
      byHalf[row] = half[at]!;
    });
  }
  const all = calibratedBy(rows, rows);
  const chosen = decisionScore(asked, decisions, all);
  const half = decisionScore(asked, byHalf, all);
  const value = chosen > half ? chooseThreshold(asked, all) : 0.5;
  return { value, criterion: asked, figures: { chosen, half } };
}

// Rows whose known class or value may be wrong, told by predictions of members that never saw them.

import { twoSidedNormal } from '../math/normal.js';
import { checkOptions, type OptionTable, option } from '../option-names.js';
import type { KnownRows } from '../predictions/known-rows.js';
import { largestAt } from '../predictions/labels.js';

export interface SuspectRowsOptions {
  /** Regression: how often, of rows without errors, any would be suspected. @default 0.05 */
  readonly falseAlarms?: number;
}

const SUSPECT_OPTIONS = {
  falseAlarms: option.number('a number > 0 and < 1', (share) => share > 0 && share < 1),
} satisfies OptionTable<SuspectRowsOptions>;

/** What of known rows is looked at. */
export type SuspectableRows = Pick<
  KnownRows,
  'task' | 'rows' | 'outputs' | 'index' | 'truth' | 'weights' | 'combined'
>;

/** A row whose class may be wrong. */
export interface SuspectClass {
  /** Its place in the dataset, and among the known rows. */
  readonly row: number;
  readonly at: number;
  readonly given: string;
  readonly suggested: string;
  readonly givenProbability: number;
  readonly suggestedProbability: number;
  /** (1 + the probability of the given class − the highest of the others)/2: 0 where the given class is surely wrong. */
  readonly quality: number;
}

export interface SuspectClasses {
  readonly kind: 'classes';
  /** The most suspicious first. */
  readonly rows: readonly SuspectClass[];
  /** What a class's probability must reach for a row to count as of that class; null of a class without rows. */
  readonly thresholds: readonly (number | null)[];
  /** Weight of rows by [given class][class they count as]; rows that reach no threshold are in none. */
  readonly joint: readonly (readonly number[])[];
  /** The share of wrong labels that the joint estimates, its rows scaled to the classes' weights. */
  readonly estimatedShare: number;
}

/** A row whose value may be wrong. */
export interface SuspectValue {
  readonly row: number;
  readonly at: number;
  readonly target: string;
  readonly given: number;
  readonly predicted: number;
  /** given − predicted, in the user's units. */
  readonly residual: number;
  /** The residual over its standard deviation, which is that of the other rows. */
  readonly studentised: number;
  /** How often the largest of all residuals would be so large without errors, if they are normal: at most 1. */
  readonly chance: number;
}

export interface SuspectValues {
  readonly kind: 'values';
  /** The largest studentised residual first. */
  readonly rows: readonly SuspectValue[];
  readonly falseAlarms: number;
}

export type SuspectRows = SuspectClasses | SuspectValues;

const FALSE_ALARMS = 0.05;

/**
 * Finds suspected errors of labels, or of target values. `known` should be out of bag, or held out: members that were
 * trained on a wrong label know it.
 *
 * Classes, by confident learning: class c's threshold is the mean probability of c over the rows that are given as c; a
 * row counts as the most probable of the classes whose threshold it reaches; it is suspected where that is neither the given
 * class nor none, and the given class is not the most probable after all. Ranked by the normalised margin.
 *
 * Numbers: residuals, of Gaussian heads over the predicted deviation, studentised by the rows without their own; suspected
 * where the largest of so many normal residuals is seldom so large (Bonferroni).
 *
 * **Source:** Northcutt, Jiang and Chuang, "Confident learning: estimating uncertainty in dataset labels", JAIR 2021, 3.1 and
 * 3.2; Cook and Weisberg, Residuals and influence in regression, 1982, 2.2, for studentised residuals.
 * @throws ERR_OPTION
 */
export function suspectRows(known: SuspectableRows, options: SuspectRowsOptions = {}): SuspectRows {
  checkOptions('suspectRows', options, SUSPECT_OPTIONS);
  const { falseAlarms = FALSE_ALARMS } = options;
  return known.task.kind === 'classification'
    ? suspectClasses(known, known.task.classes)
    : suspectValues(known, known.task.targets, falseAlarms);
}

function suspectClasses(known: SuspectableRows, classes: readonly string[]): SuspectClasses {
  const { rows, outputs, index, truth, weights, combined } = known;
  const { labels } = truth;
  const { mean } = combined;
  const thresholds = thresholdsOf(known);
  const joint = classes.map(() => new Array<number>(outputs).fill(0));
  const suspects: SuspectClass[] = [];
  for (let row = 0; row < rows; row++) {
    const from = row * outputs;
    const given = labels[row]!;
    const counted = countedAs(mean, from, thresholds);
    if (counted < 0) continue;
    joint[given]![counted]! += weights?.[row] ?? 1;
    if (counted === given || largestAt(mean, from, outputs) === given) continue;
    const givenProbability = mean[from + given]!;
    let highest = 0;
    for (let c = 0; c < outputs; c++) if (c !== given) highest = Math.max(highest, mean[from + c]!);
    suspects.push({
      ...{ row: index[row]!, at: row, given: classes[given]!, suggested: classes[counted]! },
      ...{ givenProbability, suggestedProbability: mean[from + counted]! },
      quality: (1 + givenProbability - highest) / 2,
    });
  }
  return {
    kind: 'classes',
    rows: suspects.sort((a, b) => a.quality - b.quality || a.at - b.at),
    thresholds,
    joint,
    estimatedShare: offDiagonalShare(joint, known),
  };
}

/** The mean probability of each class over the rows given as that class, by their weights. */
function thresholdsOf({ rows, outputs, truth, weights, combined }: SuspectableRows): (number | null)[] {
  const sums = new Float64Array(outputs);
  const totals = new Float64Array(outputs);
  for (let row = 0; row < rows; row++) {
    const label = truth.labels[row]!;
    const weight = weights?.[row] ?? 1;
    sums[label]! += weight * combined.mean[row * outputs + label]!;
    totals[label]! += weight;
  }
  return Array.from(sums, (sum, c) => (totals[c] === 0 ? null : sum / totals[c]!));
}

/** The most probable of the classes whose threshold is reached; −1 where none is. */
function countedAs(
  mean: Float32Array | Float64Array,
  from: number,
  thresholds: readonly (number | null)[],
): number {
  let best = -1;
  for (let c = 0; c < thresholds.length; c++) {
    const threshold = thresholds[c];
    const probability = mean[from + c]!;
    if (threshold === null || threshold === undefined || probability < threshold) continue;
    if (best < 0 || probability > mean[from + best]!) best = c;
  }
  return best;
}

/** Equation 3 of the source: each row of the joint scaled to the weight of its class. */
function offDiagonalShare(
  joint: readonly (readonly number[])[],
  { rows, truth, weights }: SuspectableRows,
): number {
  const totals = joint.map(() => 0);
  for (let row = 0; row < rows; row++) totals[truth.labels[row]!]! += weights?.[row] ?? 1;
  let wrong = 0;
  let all = 0;
  joint.forEach((counts, given) => {
    const sum = counts.reduce((total, count) => total + count, 0);
    if (sum === 0) return;
    all += totals[given]!;
    wrong += totals[given]! * (1 - counts[given]! / sum);
  });
  return all === 0 ? 0 : wrong / all;
}

function suspectValues(
  known: SuspectableRows,
  targets: readonly string[],
  falseAlarms: number,
): SuspectValues {
  const { rows, outputs, index, truth, combined } = known;
  const tests = rows * outputs;
  const suspects: SuspectValue[] = [];
  targets.forEach((target, output) => {
    const studentised = studentisedResiduals(known, output);
    for (let row = 0; row < rows; row++) {
      const chance = Math.min(1, tests * twoSidedNormal(studentised[row]!));
      if (!(chance < falseAlarms)) continue;
      const at = row * outputs + output;
      const [given, predicted] = [truth.targets[at]!, combined.mean[at]!];
      suspects.push({
        ...{ row: index[row]!, at: row, target, given, predicted },
        ...{ residual: given - predicted, studentised: studentised[row]!, chance },
      });
    }
  });
  suspects.sort((a, b) => Math.abs(b.studentised) - Math.abs(a.studentised) || a.at - b.at);
  return { kind: 'values', rows: suspects, falseAlarms };
}

/** Each residual of a target over the root mean square of the others, f64[rows]; NaN of a single row. */
export function studentisedResiduals(
  { rows, outputs, truth, weights, combined }: SuspectableRows,
  output: number,
): Float64Array {
  const { mean, variance, varianceKind } = combined;
  const heads = variance !== null && varianceKind !== 'spread' ? variance : null;
  const residuals = Float64Array.from({ length: rows }, (_, row) => {
    const at = row * outputs + output;
    const residual = truth.targets[at]! - mean[at]!;
    return heads === null ? residual : residual / Math.sqrt(heads[at]!);
  });
  // Sums of the rows before and after each, as one row's square may hide those of all others in the sum of all.
  const weightOf = (row: number) => weights?.[row] ?? 1;
  const after = new Float64Array(rows + 1);
  const left = new Float64Array(rows + 1);
  for (let row = rows - 1; row >= 0; row--) {
    after[row] = after[row + 1]! + weightOf(row) * residuals[row]! ** 2;
    left[row] = left[row + 1]! + weightOf(row);
  }
  let before = 0;
  let passed = 0;
  return residuals.map((residual, row) => {
    const others = (before + after[row + 1]!) / (passed + left[row + 1]!);
    before += weightOf(row) * residual * residual;
    passed += weightOf(row);
    return residual / Math.sqrt(Math.max(others, LEAST_SQUARE));
  });
}

/** A mean square below this is taken as this: an error among values that are all predicted exactly stands out too. */
const LEAST_SQUARE = 2 ** -1022;

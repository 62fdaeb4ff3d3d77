// Classification class by class: who is taken for whom, and how well each class is told from the others at any threshold.

import { wholeRowsOf } from '../../measure/scores/resampled-rows.js';
import { type RowScores, scoreKnownRows } from '../../measure/scores/row-scores.js';
import { type ThresholdCurve, thresholdCurve } from '../../measure/statistics/class-ranks.js';
import type { WholeRows } from '../../measure/statistics/statistic.js';
import type { KnownRows } from '../../predictions/known-rows.js';
import type { LinePoint } from '../charts/chart-data.js';
import type { ClassesData, CurveData } from '../page/page-data.js';
import { thinned } from './thinned.js';

/** Classes that have curves of their own. */
const MOST_CURVES = 10;

/** @param measured scores of the very predictions, where they are there. @returns null for numbers. */
export function classesOf(
  known: KnownRows,
  probabilities: boolean,
  measured: RowScores | null,
): ClassesData | null {
  const { task } = known;
  if (task.kind !== 'classification') return null;
  const { scores, confusion } =
    measured ??
    scoreKnownRows(known, {
      replicates: 0,
      probabilities,
      metrics: ['auroc', 'averagePrecision', 'balancedAccuracy'],
    });
  const of = (name: string) => scores.find((score) => score.name === name)?.perClass ?? [];
  const rows = wholeRowsOf(known);
  // Of two classes one curve is the other's mirror image.
  const shown = task.classes.map((_, label) => label).slice(task.classes.length === 2 ? 1 : 0, MOST_CURVES);
  const curves = probabilities ? shown.map((label) => thresholdCurve(rows, label)) : [];
  const named = (label: number, points: LinePoint[]): CurveData => ({ name: task.classes[label]!, points });
  return {
    names: task.classes,
    confusion,
    perClass: task.classes.map((name, label) => ({
      name,
      ...countsOf(rows, label),
      auroc: of('auroc')[label] ?? null,
      averagePrecision: of('averagePrecision')[label] ?? null,
    })),
    roc: curves.map((curve, at) => named(shown[at]!, rocPoints(curve))),
    precisionRecall: curves.map((curve, at) => named(shown[at]!, precisionPoints(curve))),
  };
}

function countsOf({ rows, chosen, truth, weights }: WholeRows, label: number) {
  let [both, real, taken, count] = [0, 0, 0, 0];
  for (let row = 0; row < rows; row++) {
    const weight = weights[row]!;
    const [isReal, isTaken] = [truth.labels[row] === label, chosen[row] === label];
    if (isReal) {
      real += weight;
      count++;
    }
    if (isTaken) taken += weight;
    if (isReal && isTaken) both += weight;
  }
  return {
    rows: count,
    precision: taken === 0 ? null : both / taken,
    recall: real === 0 ? null : both / real,
    f1: real + taken === 0 ? null : (2 * both) / (real + taken),
  };
}

function rocPoints({ falsePositiveRate, truePositiveRate }: ThresholdCurve): LinePoint[] {
  const points = Array.from(falsePositiveRate, (x, at) => ({ x, y: truePositiveRate[at]! }));
  const whole = [{ x: 0, y: 0 }, ...points];
  return thinned(whole.filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y)));
}

function precisionPoints({ truePositiveRate, precision }: ThresholdCurve): LinePoint[] {
  const points = Array.from(precision, (y, at) => ({ x: truePositiveRate[at]!, y }));
  const first = points[0];
  const whole = first === undefined ? points : [{ x: 0, y: first.y }, ...points];
  return thinned(whole.filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y)));
}

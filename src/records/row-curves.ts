// The curves of two classes that DVC draws: how many of the second are found at each threshold, and how often a row is of it
// beside how often that was said.

import { type ScorableRows, wholeRowsOf } from '../measure/scores/resampled-rows.js';
import { thresholdCurve } from '../measure/statistics/class-ranks.js';
import type { RowCurves } from './figures.js';

/** Bins of equal width, each with its upper edge, without those that no row falls into. **Source:** sklearn.calibration.calibration_curve, uniform. */
const BINS = 10;
/** A file for git has no more points. */
const MOST_POINTS = 2000;

/** Null of any other task, and of rows of one class. */
export function rowCurves(known: ScorableRows): Pick<RowCurves, 'roc' | 'calibration'> {
  if (known.task.kind !== 'classification' || known.outputs !== 2) return { roc: null, calibration: null };
  const { rows, mean, weights, truth } = wholeRowsOf(known);
  const { threshold, truePositiveRate, falsePositiveRate } = thresholdCurve(wholeRowsOf(known), 1);
  if (rows === 0 || !Number.isFinite(truePositiveRate[0]! + falsePositiveRate[0]!))
    return { roc: null, calibration: null };
  const stride = Math.ceil(threshold.length / MOST_POINTS);
  const points = [...threshold.keys()].filter((at) => at % stride === 0 || at === threshold.length - 1);
  const bins = Array.from({ length: BINS }, () => ({ said: 0, found: 0, weight: 0 }));
  for (let row = 0; row < rows; row++) {
    const probability = mean[2 * row + 1]!;
    const bin = bins[Math.max(0, Math.ceil(BINS * probability) - 1)]!;
    const weight = weights[row]!;
    bin.said += weight * probability;
    bin.found += truth.labels[row] === 1 ? weight : 0;
    bin.weight += weight;
  }
  return {
    roc: [
      { falsePositiveRate: 0, truePositiveRate: 0, threshold: null },
      ...points.map((at) => ({
        falsePositiveRate: falsePositiveRate[at]!,
        truePositiveRate: truePositiveRate[at]!,
        threshold: threshold[at]!,
      })),
    ],
    calibration: bins
      .filter(({ weight }) => weight > 0)
      .map(({ said, found, weight }) => ({ predicted: said / weight, observed: found / weight })),
  };
}

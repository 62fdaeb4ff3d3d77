// Metrics of several labels, targets of 0 and 1 of which any number may be 1: of each label, with predictions taken for
// probabilities of 1 and those of 0.5 and more for a 1.

import { log } from '../../math/functions.js';
import type { ScoredRows, TargetMetric } from './metric.js';

/** Sums of one label: weights of rows right and wrong by truth and prediction, and of their losses. */
const FIELDS = 4;
/** Of a probability that is 0 where the label is 1, or 1 where it is 0. */
const LEAST = 1e-15;

function addRows(sums: Float64Array, { rows, outputs, mean, truth, weights }: ScoredRows): void {
  for (let row = 0; row < rows; row++) {
    const weight = weights === null ? 1 : weights[row]!;
    if (weight === 0) continue;
    for (let label = 0; label < outputs; label++) {
      const at = row * outputs + label;
      const [p, isOne] = [mean[at]!, truth.targets[at] === 1];
      sums[label * FIELDS + (p >= 0.5 ? 0 : 2) + (isOne ? 0 : 1)]! += weight;
      sums[outputs * FIELDS + label]! -= weight * log(Math.max(LEAST, isOne ? p : 1 - p));
    }
  }
}

/** Of a label: ones found, zeros taken for ones, ones missed, zeros, in weights; its summed loss. */
type LabelFigure = (
  counts: readonly [number, number, number, number],
  loss: number,
  weight: number,
) => number;

function labelMetric<const Own extends Pick<TargetMetric, 'name' | 'title' | 'says' | 'better' | 'written'>>(
  own: Own,
  figure: LabelFigure,
) {
  return {
    ...own,
    ...{ from: 'sums', of: 'ensemble', values: 'perTarget', reads: 'labels' },
    ...{ tasks: ['regression'], listed: ['regression'], columns: { scores: [], curves: [] } },
    sums: (outputs) => (FIELDS + 1) * outputs,
    addRows,
    value: (sums, weight) => {
      const outputs = sums.length / (FIELDS + 1);
      return Array.from({ length: outputs }, (_, label) => {
        const [found, false_, missed, zeros] = sums.subarray(label * FIELDS, (label + 1) * FIELDS);
        return figure([found!, false_!, missed!, zeros!], sums[outputs * FIELDS + label]!, weight);
      });
    },
  } as const satisfies TargetMetric;
}

export const labelLogLoss = labelMetric(
  {
    ...{ name: 'labelLogLoss', title: 'log-loss of labels', better: 'less', written: 'figure' },
    says: 'mean of −ln of the probability of what a label is, probabilities floored at 1e-15',
  },
  (_, loss, weight) => loss / weight,
);

export const labelAccuracy = labelMetric(
  {
    ...{ name: 'labelAccuracy', title: 'accuracy of labels', better: 'more', written: 'share' },
    says: 'share of rows whose label is predicted right, from a probability of 0.5 on as 1',
  },
  ([found, , , zeros], _, weight) => (found + zeros) / weight,
);

/** 2 TP / (2 TP + FP + FN); 0 of a label that neither is nor is predicted anywhere. */
export const labelF1 = labelMetric(
  {
    ...{ name: 'labelF1', title: 'F1 of labels', better: 'more', written: 'share' },
    says: 'harmonic mean of precision and recall of a label; overall the mean of the labels (macro)',
  },
  ([found, false_, missed]) => (2 * found) / Math.max(2 * found + false_ + missed, Number.MIN_VALUE),
);

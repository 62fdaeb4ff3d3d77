// How often predictions are right, by how sure they are: the bins of a reliability diagram and of the calibration error.

import { massBins, RELIABILITY_BINS, widthBin } from './bins.js';
import { byCell, type Statistic, type Weighed, type WholeRows } from './statistic.js';

/** Sums over the rows of each bin, each times its weight: f64[bins]. */
export interface ConfidenceBins {
  readonly weight: Float64Array;
  /** Of the confidence: the probability of the predicted class. */
  readonly confidence: Float64Array;
  /** Of rows that are predicted right. */
  readonly right: Float64Array;
}

/** 15 bins of equal width. */
export const confidenceBins: Statistic<ConfidenceBins> = {
  prepare: (rows) => binned(rows, confidencesOf(rows), 'width', RELIABILITY_BINS),
};

/** 15 bins of as many rows, by weight, in the rows as they are; resampled rows stay in their bins. */
export const adaptiveBins: Statistic<ConfidenceBins> = {
  prepare: (rows) => binned(rows, confidencesOf(rows), 'mass', RELIABILITY_BINS),
};

/** The probability of the predicted class of each row, in the precision of the probabilities. */
export function confidencesOf({ rows, outputs, mean, chosen }: WholeRows): Float32Array | Float64Array {
  const own = mean instanceof Float32Array ? new Float32Array(rows) : new Float64Array(rows);
  for (let row = 0; row < rows; row++) own[row] = mean[row * outputs + chosen[row]!]!;
  return own;
}

function binned(
  { chosen, truth, weights: own }: WholeRows,
  confidences: Float32Array | Float64Array,
  equal: 'width' | 'mass',
  bins: number,
): Weighed<ConfidenceBins> {
  const places =
    equal === 'mass'
      ? massBins(confidences, own, bins)
      : Uint16Array.from(confidences, (confidence) => widthBin(confidence, bins));
  const { order, starts } = byCell(places, bins);
  const sorted = Float64Array.from(order, (row) => confidences[row]!);
  const hits = Float64Array.from(order, (row) => (chosen[row] === truth.labels[row] ? 1 : 0));
  return (weights) => {
    const weight = new Float64Array(bins);
    const confidence = new Float64Array(bins);
    const right = new Float64Array(bins);
    for (let bin = 0; bin < bins; bin++) {
      let own = 0;
      let sure = 0;
      let hit = 0;
      const end = starts[bin + 1]!;
      let at = starts[bin]!;
      // Two at a time, as each addition to one sum waits for the one before.
      for (; at + 1 < end; at += 2) {
        const first = weights[order[at]!]!;
        const second = weights[order[at + 1]!]!;
        own += first + second;
        sure += first * sorted[at]! + second * sorted[at + 1]!;
        hit += first * hits[at]! + second * hits[at + 1]!;
      }
      if (at < end) {
        const last = weights[order[at]!]!;
        own += last;
        sure += last * sorted[at]!;
        hit += last * hits[at]!;
      }
      weight[bin] = own;
      confidence[bin] = sure;
      right[bin] = hit;
    }
    return { weight, confidence, right };
  };
}

/**
 * Σ over bins of (its share of the weight) · |accuracy − mean confidence|.
 *
 * **Source:** Naeini, Cooper and Hauskrecht 2015; Guo, Pleiss, Sun and Weinberger 2017, On calibration of modern neural
 * networks, equation 3; equal mass: Nixon et al. 2019, Measuring calibration in deep learning.
 */
export function calibrationError({ weight, confidence, right }: ConfidenceBins): number {
  let all = 0;
  let error = 0;
  for (let bin = 0; bin < weight.length; bin++) {
    all += weight[bin]!;
    error += Math.abs(right[bin]! - confidence[bin]!);
  }
  return error / all;
}

/** One bar of a reliability diagram. */
export interface ReliabilityBin {
  /** Sum of its rows' weights; bins without rows are left out. */
  readonly weight: number;
  /** Mean confidence of its rows. */
  readonly confidence: number;
  /** Share of its rows that are predicted right. */
  readonly accuracy: number;
}

/** The bars of a reliability diagram, from the least sure on. */
export function reliabilityBins(
  rows: WholeRows,
  equal: 'width' | 'mass' = 'width',
  bins = RELIABILITY_BINS,
): ReliabilityBin[] {
  const { weight, confidence, right } = binned(rows, confidencesOf(rows), equal, bins)(rows.weights);
  return Array.from(weight, (own, bin) => ({
    weight: own,
    confidence: confidence[bin]! / own,
    accuracy: right[bin]! / own,
  })).filter((bin) => bin.weight > 0);
}

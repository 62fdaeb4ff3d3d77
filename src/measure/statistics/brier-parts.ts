// The Brier score taken apart: how far probabilities are from what happens when they are given, how much what happens
// differs with them, and how uncertain it is at all.

import { RELIABILITY_BINS, widthBin } from './bins.js';
import { type Statistic, total } from './statistic.js';

/** Brier score = reliability − resolution + uncertainty + residual, each summed over classes. */
export interface BrierParts {
  readonly brier: number;
  readonly reliability: number;
  readonly resolution: number;
  readonly uncertainty: number;
  /** What differs within bins; 0 if all probabilities in a bin are alike. */
  readonly residual: number;
}

/**
 * Of each class's probability in 15 bins of equal width: with the share wₖ of the weight in bin k, its mean probability pₖ
 * and the class's frequency oₖ there, o over all rows: reliability Σ wₖ (pₖ − oₖ)², resolution Σ wₖ (oₖ − o)²,
 * uncertainty o (1 − o).
 *
 * **Source:** Murphy 1973, A new vector partition of the probability score; the residual (within-bin variance and
 * covariance) by Stephenson, Coelho and Jolliffe 2008, Two extra components in the Brier score decomposition.
 */
export const brierParts: Statistic<BrierParts> = {
  prepare({ rows, outputs, mean, truth }) {
    const bins = RELIABILITY_BINS;
    // Most probabilities of many classes are in the lowest bin: it is what the others leave of the whole.
    const places: number[] = [];
    const starts = new Uint32Array(rows + 1);
    const truthCells = new Uint32Array(rows);
    const squares = new Float64Array(rows);
    for (let row = 0; row < rows; row++) {
      for (let label = 0; label < outputs; label++) {
        const probability = mean[row * outputs + label]!;
        const own = truth.labels[row] === label;
        const cell = label * bins + widthBin(probability, bins);
        squares[row]! += (probability - (own ? 1 : 0)) ** 2;
        if (own) truthCells[row] = cell;
        if (cell !== label * bins) places.push(cell);
      }
      starts[row + 1] = places.length;
    }
    const cells = Uint32Array.from(places);
    const probabilities = Float64Array.from(places);
    for (let row = 0, at = 0; row < rows; row++) {
      for (; at < starts[row + 1]!; at++) {
        probabilities[at] = mean[row * outputs + Math.floor(cells[at]! / bins)]!;
      }
    }
    const weight = new Float64Array(outputs * bins);
    const sums = new Float64Array(outputs * bins);
    const seen = new Float64Array(outputs * bins);
    const all = new Float64Array(outputs);
    return (weights) => {
      for (const own of [weight, sums, seen, all]) own.fill(0);
      let brier = 0;
      for (let row = 0; row < rows; row++) {
        const share = weights[row]!;
        if (share === 0) continue;
        brier += share * squares[row]!;
        seen[truthCells[row]!]! += share;
        for (let at = starts[row]!; at < starts[row + 1]!; at++) {
          weight[cells[at]!]! += share;
          sums[cells[at]!]! += share * probabilities[at]!;
        }
        const from = row * outputs;
        for (let label = 0; label < outputs; label++) all[label]! += share * mean[from + label]!;
      }
      const whole = total(weights);
      for (let label = 0; label < outputs; label++) {
        const lowest = label * bins;
        let [others, otherSums] = [0, 0];
        for (let cell = lowest + 1; cell < lowest + bins; cell++) {
          others += weight[cell]!;
          otherSums += sums[cell]!;
        }
        weight[lowest] = whole - others;
        sums[lowest] = all[label]! - otherSums;
      }
      return partsOf(weight, sums, seen, outputs, whole, brier / whole);
    };
  },
};

function partsOf(
  weight: Float64Array,
  sums: Float64Array,
  seen: Float64Array,
  classes: number,
  whole: number,
  brier: number,
): BrierParts {
  const bins = RELIABILITY_BINS;
  let [reliability, resolution, uncertainty] = [0, 0, 0];
  for (let label = 0; label < classes; label++) {
    let frequency = 0;
    for (let cell = label * bins; cell < (label + 1) * bins; cell++) frequency += seen[cell]! / whole;
    uncertainty += frequency * (1 - frequency);
    for (let cell = label * bins; cell < (label + 1) * bins; cell++) {
      // What rounding leaves of an empty bin is no bin.
      if (!(weight[cell]! > 1e-12 * whole)) continue;
      const own = seen[cell]! / weight[cell]!;
      const share = weight[cell]! / whole;
      reliability += share * (sums[cell]! / weight[cell]! - own) ** 2;
      resolution += share * (own - frequency) ** 2;
    }
  }
  const residual = brier - (reliability - resolution + uncertainty);
  return { brier, reliability, resolution, uncertainty, residual };
}

// The Brier score taken apart: how far probabilities are from what happens when they are given, how much what happens
// differs with them, and how uncertain it is at all.

import { RELIABILITY_BINS, widthBin } from './bins.js';
import { byCell, type Statistic, sumCells, total, type Weighed, type WholeRows } from './statistic.js';

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
  prepare(rows, starts) {
    const { outputs, mean, truth } = rows;
    const cells = outputs * RELIABILITY_BINS;
    // Most probabilities of many classes are in the lowest bin: it is what the others leave of the whole.
    const entries = upperEntries(rows);
    const sorted = byCell(entries.cells, cells);
    const entryRows = Uint32Array.from(sorted.order, (at) => entries.rows[at]!);
    const probabilities = Float64Array.from(
      sorted.order,
      (at) => mean[entries.rows[at]! * outputs + Math.floor(entries.cells[at]! / RELIABILITY_BINS)]!,
    );
    const truths = byCell(
      truth.labels.map((label, row) => cellOf(mean[row * outputs + label]!, label)),
      cells,
    );
    const totals = totalsOf(rows, starts);
    const weight = new Float64Array(cells);
    const sums = new Float64Array(cells);
    const seen = new Float64Array(cells);
    return (weights, counts) => {
      sumCells(truths, weights, seen);
      for (let cell = 0; cell < cells; cell++) {
        let own = 0;
        let sum = 0;
        const end = sorted.starts[cell + 1]!;
        let at = sorted.starts[cell]!;
        // Two at a time, as each addition to one sum waits for the one before.
        for (; at + 1 < end; at += 2) {
          const first = weights[entryRows[at]!]!;
          const second = weights[entryRows[at + 1]!]!;
          own += first + second;
          sum += first * probabilities[at]! + second * probabilities[at + 1]!;
        }
        if (at < end) {
          own += weights[entryRows[at]!]!;
          sum += weights[entryRows[at]!]! * probabilities[at]!;
        }
        weight[cell] = own;
        sums[cell] = sum;
      }
      const whole = total(weights);
      const all = totals(weights, counts);
      for (let label = 0; label < outputs; label++) {
        const lowest = label * RELIABILITY_BINS;
        let others = 0;
        let otherSums = 0;
        for (let cell = lowest + 1; cell < lowest + RELIABILITY_BINS; cell++) {
          others += weight[cell]!;
          otherSums += sums[cell]!;
        }
        weight[lowest] = whole - others;
        sums[lowest] = all[label]! - otherSums;
      }
      return partsOf(weight, sums, seen, outputs, whole, all[outputs]! / whole);
    };
  },
};

function cellOf(probability: number, label: number): number {
  return label * RELIABILITY_BINS + widthBin(probability, RELIABILITY_BINS);
}

/** Probabilities that are not in their class's lowest bin: their rows and their cells. */
function upperEntries({ rows, outputs, mean }: WholeRows) {
  const own: { rows: number[]; cells: number[] } = { rows: [], cells: [] };
  for (let row = 0; row < rows; row++) {
    for (let label = 0; label < outputs; label++) {
      const cell = cellOf(mean[row * outputs + label]!, label);
      if (cell === label * RELIABILITY_BINS) continue;
      own.rows.push(row);
      own.cells.push(cell);
    }
  }
  return own;
}

/** Sums of each class's probability and, last, of squared errors, f64[classes + 1]: by units where there are some. */
function totalsOf(rows: WholeRows, starts: Uint32Array | undefined): Weighed<Float64Array> {
  const { outputs, mean, truth } = rows;
  const fields = outputs + 1;
  const add = (to: Float64Array, from: number, row: number, weight: number) => {
    let squares = 0;
    for (let label = 0; label < outputs; label++) {
      const probability = mean[row * outputs + label]!;
      const error = probability - (truth.labels[row] === label ? 1 : 0);
      to[from + label]! += weight * probability;
      squares += error * error;
    }
    to[from + outputs]! += weight * squares;
  };
  const units = starts === undefined ? 0 : starts.length - 1;
  const own = new Float64Array(units * fields);
  for (let unit = 0; unit < units; unit++) {
    for (let row = starts![unit]!; row < starts![unit + 1]!; row++)
      add(own, unit * fields, row, rows.weights[row]!);
  }
  return (weights, counts) => {
    const sums = new Float64Array(fields);
    if (counts === undefined || units === 0) {
      for (let row = 0; row < rows.rows; row++) add(sums, 0, row, weights[row]!);
      return sums;
    }
    for (let unit = 0, at = 0; unit < units; unit++, at += fields) {
      const count = counts[unit]!;
      for (let field = 0; field < fields; field++) sums[field]! += count * own[at + field]!;
    }
    return sums;
  };
}

function partsOf(
  weight: Float64Array,
  sums: Float64Array,
  seen: Float64Array,
  classes: number,
  whole: number,
  brier: number,
): BrierParts {
  const bins = RELIABILITY_BINS;
  let reliability = 0;
  let resolution = 0;
  let uncertainty = 0;
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

// Which classes are taken for which: all that scores of choices are made of.

import { byCell, type Statistic, sumCells, total, type WholeRows } from './statistic.js';

/** Weights of rows by (true class, predicted class). */
export interface Confusion {
  readonly classes: number;
  /** f64[classes, classes], the true class first. */
  readonly cells: Float64Array;
  /** f64[classes]: of rows of each class, and of rows predicted to be it. */
  readonly truths: Float64Array;
  readonly choices: Float64Array;
  readonly weight: number;
}

export const confusion: Statistic<Confusion> = {
  prepare({ rows, outputs: classes, chosen, truth }: WholeRows) {
    const at = new Uint32Array(rows);
    for (let row = 0; row < rows; row++) at[row] = truth.labels[row]! * classes + chosen[row]!;
    const sorted = byCell(at, classes * classes);
    const cells = new Float64Array(classes * classes);
    return (weights) => {
      sumCells(sorted, weights, cells);
      return { classes, cells, ...margins(cells, classes), weight: total(weights) };
    };
  },
};

function margins(cells: Float64Array, classes: number) {
  const truths = new Float64Array(classes);
  const choices = new Float64Array(classes);
  for (let label = 0, cell = 0; label < classes; label++) {
    for (let chosen = 0; chosen < classes; chosen++, cell++) {
      truths[label]! += cells[cell]!;
      choices[chosen]! += cells[cell]!;
    }
  }
  return { truths, choices };
}

/** The share of each class's rows that are taken for it; NaN of a class without rows. */
export function recalls({ classes, cells, truths }: Confusion): Float64Array {
  const own = new Float64Array(classes);
  for (let label = 0; label < classes; label++) own[label] = cells[label * classes + label]! / truths[label]!;
  return own;
}

/**
 * F₁ of each class, 2 TP / (2 TP + FP + FN): the harmonic mean of precision and recall. NaN of a class that no row is of
 * and none is taken for.
 */
export function f1Scores({ classes, cells, truths, choices }: Confusion): Float64Array {
  const own = new Float64Array(classes);
  for (let label = 0; label < classes; label++) {
    own[label] = (2 * cells[label * classes + label]!) / (truths[label]! + choices[label]!);
  }
  return own;
}

/** Whether there are rows of one class alone. */
export function hasOneClass({ labels }: { readonly labels: Int32Array }): boolean {
  for (let row = 1; row < labels.length; row++) if (labels[row] !== labels[0]) return false;
  return true;
}

// Which classes are taken for which: all that scores of choices are made of. No table of classes × classes, which of
// thousands of classes would be larger than the rows.

import { byCell, type Statistic, sumCells, total, type WholeRows } from './statistic.js';

/** Weights of rows by class, f64[classes]. */
export interface Confusion {
  readonly classes: number;
  /** Of rows of each class that are predicted right. */
  readonly right: Float64Array;
  /** Of rows of each class, and of rows predicted to be it. */
  readonly truths: Float64Array;
  readonly choices: Float64Array;
  readonly weight: number;
}

export const confusion: Statistic<Confusion> = {
  prepare({ outputs: classes, chosen, truth: { labels } }: WholeRows) {
    const byTruth = byCell(labels, classes);
    const byChoice = byCell(chosen, classes);
    // Those that are wrong are in a cell behind all classes.
    const byRight = byCell(
      labels.map((label, row) => (chosen[row] === label ? label : classes)),
      classes + 1,
    );
    const right = new Float64Array(classes);
    const truths = new Float64Array(classes);
    const choices = new Float64Array(classes);
    return (weights) => {
      sumCells(byRight, weights, right);
      sumCells(byTruth, weights, truths);
      sumCells(byChoice, weights, choices);
      return { classes, right, truths, choices, weight: total(weights) };
    };
  },
};

/** Weights of rows by [true class][predicted class]. */
export function confusionMatrix({ rows, outputs, chosen, truth, weights }: WholeRows): number[][] {
  const cells = Array.from({ length: outputs }, () => new Array<number>(outputs).fill(0));
  for (let row = 0; row < rows; row++) cells[truth.labels[row]!]![chosen[row]!]! += weights[row]!;
  return cells;
}

/** The share of each class's rows that are taken for it; NaN of a class without rows. */
export function recalls({ classes, right, truths }: Confusion): Float64Array {
  const own = new Float64Array(classes);
  for (let label = 0; label < classes; label++) own[label] = right[label]! / truths[label]!;
  return own;
}

/**
 * F₁ of each class, 2 TP / (2 TP + FP + FN): the harmonic mean of precision and recall. NaN of a class that no row is of
 * and none is taken for.
 */
export function f1Scores({ classes, right, truths, choices }: Confusion): Float64Array {
  const own = new Float64Array(classes);
  for (let label = 0; label < classes; label++) {
    own[label] = (2 * right[label]!) / (truths[label]! + choices[label]!);
  }
  return own;
}

/** Whether there are rows of one class alone. */
export function hasOneClass({ labels }: { readonly labels: Int32Array }): boolean {
  for (let row = 1; row < labels.length; row++) if (labels[row] !== labels[0]) return false;
  return true;
}

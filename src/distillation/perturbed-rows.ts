// Rows near those there are, for a net to be told of as well: a function is known better where it is asked oftener, and
// an ensemble answers whatever it is asked.

import type { Values } from '../data/dataset/dataset.js';
import { RandomStream, streamKey } from '../math/random.js';

/** Columns of x that belong together: those that one column of a table became. */
export interface ColumnPlace {
  readonly first: number;
  readonly width: number;
}

/** What copies are made of. */
export interface PerturbedFrom {
  /** [rows, features], row-major. */
  readonly x: Values;
  readonly rows: number;
  readonly features: number;
  readonly columns: readonly ColumnPlace[];
}

/**
 * One copy of every row, in which each column has, with probability `swapShare`, the value of one other row, drawn for the
 * copy: values that there are, and several of one row together, so that columns that depend on each other mostly do so still.
 *
 * **Source:** Bucilă, Caruana and Niculescu-Mizil 2006, Model compression, section 3, for swapping values between rows of
 * the training data to ask an ensemble of. They swap with neighbours; with any row the net came nearer to the ensemble.
 *
 * @param copy which one, from 1: each is a stream of its own.
 * @returns [rows, features], of x's precision.
 */
export function perturbRows(
  { x, rows, features, columns }: PerturbedFrom,
  copy: number,
  swapShare: number,
  seed: number,
): Values {
  const random = new RandomStream(streamKey(seed, 'distillation', copy));
  const perturbed = x.slice(0, rows * features);
  for (let row = 0; row < rows; row++) {
    const donor = random.below(rows);
    for (const { first, width } of columns) {
      if (random.uniform() >= swapShare) continue;
      for (let i = first; i < first + width; i++) {
        perturbed[row * features + i] = x[donor * features + i]!;
      }
    }
  }
  return perturbed;
}

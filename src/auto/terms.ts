// What is kept of a prediction for the selection, and the loss of a mean of such: of classes the probability of the right one,
// whose mean's negative logarithm is the log-loss; of numbers the error in standard deviations of the targets, whose mean's square
// is the squared error.

import type { Dataset } from '../data/dataset/dataset.js';
import { log } from '../math/functions.js';

export interface Terms {
  /** Numbers for each row. */
  readonly width: number;
  /** The loss of a row whose terms are `sums` from `at` on, over `count`. */
  loss(sums: ArrayLike<number>, at: number, count: number): number;
  /**
   * The losses of all rows together, each as often as it weighs, whose terms are those of `sums` and `added` over `count`.
   * @param sums, added f64, f32[rows × width]. @param weights of each row; null where all count once.
   */
  total(sums: Float64Array, added: Float32Array, count: number, weights: Float32Array | null): number;
}

/** A probability of 0 would be an infinite loss of the whole ensemble by one row. */
const LEAST_PROBABILITY = 1e-6;
/** So many such probabilities have a product that is a number still: one logarithm for all of them. */
const FACTORS = 32;

export function termsOf({ task }: Pick<Dataset, 'task'>): Terms {
  return task.kind === 'classification' ? PROBABILITIES : errorsOf(task.targets.length);
}

const PROBABILITIES: Terms = {
  width: 1,
  loss: (sums, at, count) => -log(Math.max(LEAST_PROBABILITY, sums[at]! / count)),
  total(sums, added, count, weights) {
    let [sum, product] = [0, 1];
    for (let row = 0; row < sums.length; row++) {
      const probability = Math.max(LEAST_PROBABILITY, (sums[row]! + added[row]!) / count);
      if (weights !== null) sum -= weights[row]! * log(probability);
      else {
        product *= probability;
        if (row % FACTORS === FACTORS - 1) {
          sum -= log(product);
          product = 1;
        }
      }
    }
    return sum - log(product);
  },
};

function errorsOf(width: number): Terms {
  return {
    width,
    loss(sums, at, count) {
      let squares = 0;
      for (let column = 0; column < width; column++) squares += (sums[at + column]! / count) ** 2;
      return squares / width;
    },
    total(sums, added, count, weights) {
      let sum = 0;
      for (let at = 0; at < sums.length; at++) {
        const error = sums[at]! + added[at]!;
        sum += error * error * (weights === null ? 1 : weights[Math.floor(at / width)]!);
      }
      return sum / (width * count * count);
    },
  };
}

// Vector scaling: p ∝ exp(aₖ zₖ + bₖ), a scale and a bias for each class.

import type { CalibrationMethodDefinition } from './method.js';
import { normaliseAt } from './softmax.js';

export const vector = {
  name: 'vector',
  title: 'vector scaling',
  says: 'a factor and a summand for the logarithm of each class',
  binary: false,
  identity: (classes) => [...new Array<number>(classes).fill(1), ...new Array<number>(classes).fill(0)],
  fits: (parameters, classes) =>
    parameters.length === 2 * classes && parameters.every((value) => Math.abs(value) <= MOST),
  apply: (parameters, logits, classes) => {
    for (let from = 0; from < logits.length; from += classes) {
      for (let k = 0; k < classes; k++) {
        logits[from + k] = parameters[k]! * logits[from + k]! + parameters[classes + k]!;
      }
      normaliseAt(logits, from, classes);
    }
  },
} as const satisfies CalibrationMethodDefinition;

/** Larger factors and summands than anybody's, whose logarithms leave the range of doubles. */
const MOST = 1e6;

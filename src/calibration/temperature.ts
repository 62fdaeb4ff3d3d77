// Temperature scaling: p ∝ exp(z / T), one number for all classes, which leaves the order of classes as it is.

import type { CalibrationMethodDefinition } from './method.js';
import { normaliseAt } from './softmax.js';

export const temperature = {
  name: 'temperature',
  title: 'temperature scaling',
  says: 'one number by which all logarithms of probabilities are divided',
  binary: false,
  identity: () => [1],
  fits: ([degrees, ...others]) =>
    others.length === 0 &&
    degrees !== undefined &&
    degrees >= LOWEST_TEMPERATURE &&
    degrees <= 1 / LOWEST_TEMPERATURE,
  apply: ([degrees], logits, classes) => {
    for (let from = 0; from < logits.length; from += classes) {
      for (let at = from; at < from + classes; at++) logits[at]! /= degrees!;
      normaliseAt(logits, from, classes);
    }
  },
} as const satisfies CalibrationMethodDefinition;

/** Below this every prediction is sure, and its logarithms leave the range of doubles. */
export const LOWEST_TEMPERATURE = 1e-6;

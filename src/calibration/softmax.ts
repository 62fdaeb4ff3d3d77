// Rows of logits as logarithms of probabilities, in place.

import { exp, log } from '../math/functions.js';

/** Subtracts from `classes` logits from `from` on the logarithm of the sum of their exponentials, which it returns. */
export function normaliseAt(logits: Float64Array, from: number, classes: number): number {
  let most = logits[from]!;
  for (let at = from + 1; at < from + classes; at++) if (logits[at]! > most) most = logits[at]!;
  let sum = 0;
  for (let at = from; at < from + classes; at++) sum += exp(logits[at]! - most);
  const whole = most + log(sum);
  for (let at = from; at < from + classes; at++) logits[at]! -= whole;
  return whole;
}

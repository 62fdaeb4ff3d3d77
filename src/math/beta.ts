// Draws of gamma and beta distributions from keyed streams, by the deterministic functions: the same on every host.

import { exp, log } from './functions.js';
import type { RandomStream } from './random.js';

/**
 * The logarithm of a draw of Gamma(shape, 1), shape > 0. A logarithm, because draws of small shapes underflow.
 * **Source:** Marsaglia and Tsang (2000), A simple method for generating gamma variables; a shape below 1 by
 * G(a) = G(a + 1) · U^(1/a).
 */
export function logGamma(stream: RandomStream, shape: number): number {
  if (shape < 1) return logGamma(stream, shape + 1) + log(1 - stream.uniform()) / shape;
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = stream.normal();
    const root = 1 + c * x;
    if (root <= 0) continue;
    const v = root * root * root;
    if (log(1 - stream.uniform()) < 0.5 * x * x + d - d * v + d * log(v)) return log(d * v);
  }
}

/** A draw of Beta(shape, shape), in [0, 1]. */
export function symmetricBeta(stream: RandomStream, shape: number): number {
  const first = logGamma(stream, shape);
  return 1 / (1 + exp(logGamma(stream, shape) - first));
}

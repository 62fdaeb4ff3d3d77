// Plain gradient descent in double precision whose gradients are central differences of a loss: a twin of networks that knows
// none of their derivatives. Rows come in the order of the member.

import { RandomStream, shuffleInPlace, streamKey } from '../../src/math/random.js';
import type { NetworkMemberSpec } from '../../src/model/spec.js';

const H = 1e-5;

/**
 * Shows a member's batches to `step`, epoch after epoch.
 * @param seed of the plan. @param step descends on some rows. @returns of each epoch the mean over its rows of what steps return.
 */
export function eachBatch(
  { epochs, batchSize, streams }: NetworkMemberSpec,
  seed: number,
  inBag: Uint32Array,
  step: (rows: Uint32Array) => number,
): number[] {
  return Array.from({ length: epochs }, (_, epoch) => {
    const order = inBag.slice();
    shuffleInPlace(order, new RandomStream(streamKey(seed, 'order', streams.order, epoch + 1)));
    let total = 0;
    for (let first = 0; first < order.length; first += batchSize) {
      const rows = order.subarray(first, first + batchSize);
      total += step(rows) * rows.length;
    }
    return total / order.length;
  });
}

/** Goes down the slope of a loss. @param isFixed of each parameter whether it stays. */
export function descend(
  parameters: Float64Array,
  learningRate: number,
  loss: (parameters: Float64Array) => number,
  isFixed: (at: number) => boolean = () => false,
): void {
  const gradient = parameters.map((value, at) => {
    if (isFixed(at)) return 0;
    const [up, down] = [parameters.slice(), parameters.slice()];
    up[at] = value + H;
    down[at] = value - H;
    return (loss(up) - loss(down)) / (2 * H);
  });
  for (const [at, g] of gradient.entries()) parameters[at]! -= learningRate * g;
}

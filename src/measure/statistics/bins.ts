// Bins of probabilities: of equal width, or of equal mass.

import { descendingOrder } from '../../math/order.js';

/** Bins of a reliability diagram and of the calibration errors. */
export const RELIABILITY_BINS = 15;

/** The bin of a probability among `bins` of equal width, each without its lower edge and with its upper. */
export function widthBin(probability: number, bins: number): number {
  let bin = Math.min(Math.max(Math.ceil(probability * bins) - 1, 0), bins - 1);
  // The product is rounded: edges are what the quotient says.
  if (bin < bins - 1 && probability > (bin + 1) / bins) bin++;
  else if (bin > 0 && probability <= bin / bins) bin--;
  return bin;
}

/** Each value's bin among `bins` of as equal weight as ties allow, which stay together: u16[n]. */
export function massBins(
  values: Float32Array | Float64Array,
  weights: Float64Array,
  bins: number,
): Uint16Array {
  const order = descendingOrder(values, values.length).reverse();
  const own = new Uint16Array(values.length);
  let all = 0;
  for (const row of order) all += weights[row]!;
  let below = 0;
  for (let from = 0, to = 0; from < order.length; from = to) {
    let tie = 0;
    for (; to < order.length && values[order[to]!] === values[order[from]!]; to++)
      tie += weights[order[to]!]!;
    const bin = Math.min(Math.floor((bins * (below + tie / 2)) / all), bins - 1);
    for (let rank = from; rank < to; rank++) own[order[rank]!] = bin;
    below += tie;
  }
  return own;
}

// Numbers counted into bins of equal width.

import type { Histogram } from '../charts/chart-data.js';

/** Counts numbers into bins. @param range from the least to the greatest where none is given. */
export function histogramOf(
  name: string,
  values: ArrayLike<number>,
  bins: number,
  range?: readonly [number, number],
): Histogram {
  let [low, high] = range ?? [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  if (range === undefined) {
    for (let at = 0; at < values.length; at++) {
      low = Math.min(low, values[at]!);
      high = Math.max(high, values[at]!);
    }
    if (!(low < high)) [low, high] = [low - 0.5, low + 0.5];
  }
  const counts = new Array<number>(bins).fill(0);
  for (let at = 0; at < values.length; at++) {
    const bin = Math.floor((bins * (values[at]! - low)) / (high - low));
    counts[Math.max(0, Math.min(bins - 1, bin))]!++;
  }
  return { name, low, high, counts };
}

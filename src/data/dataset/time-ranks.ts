// The order of rows in time, which is all that resamples and splits need of it.

/** Dense ranks of times. */
export function ranksOf(times: Float64Array): Int32Array {
  const order = Uint32Array.from(times.keys()).sort((a, b) => times[a]! - times[b]! || a - b);
  const ranks = new Int32Array(times.length);
  for (let at = 1, rank = 0; at < order.length; at++) {
    if (times[order[at]!] !== times[order[at - 1]!]) rank++;
    ranks[order[at]!] = rank;
  }
  return ranks;
}

// The k × k matrix of second moments Σ xᵢ xⱼ of k series that arrive in pieces, here members' errors.
// Costs k² doubles of memory however many rows arrive; knows nothing of what the series mean.

export interface SecondMoments {
  /** Adds the products of `length` new elements of each series; series i starts at i × stride. */
  add(series: Float64Array, stride: number, length: number): void;
  /** Σ xᵢ xⱼ so far. */
  at(i: number, j: number): number;
}

/** Second moments of `count` series, initially zero. */
export function createSecondMoments(count: number): SecondMoments {
  const sums = new Float64Array(count * count);
  return {
    add: (series, stride, length) => addProducts(sums, count, series, stride, length),
    at: (i, j) => (i <= j ? sums[i * count + j]! : sums[j * count + i]!),
  };
}

/**
 * sums[i, j] += Σ xᵢ xⱼ for i ≤ j. Four columns at a time, since one chain of additions would wait for
 * itself; each chain runs on in order, so how the rows were cut into pieces changes no bit.
 */
function addProducts(
  sums: Float64Array,
  count: number,
  series: Float64Array,
  stride: number,
  length: number,
): void {
  for (let i = 0; i < count; i++) {
    const a = i * stride;
    let j = i;
    for (; j + 3 < count; j += 4) {
      const b = j * stride;
      const cell = i * count + j;
      let s0 = sums[cell]!;
      let s1 = sums[cell + 1]!;
      let s2 = sums[cell + 2]!;
      let s3 = sums[cell + 3]!;
      for (let at = 0; at < length; at++) {
        const x = series[a + at]!;
        s0 += x * series[b + at]!;
        s1 += x * series[b + stride + at]!;
        s2 += x * series[b + 2 * stride + at]!;
        s3 += x * series[b + 3 * stride + at]!;
      }
      sums[cell] = s0;
      sums[cell + 1] = s1;
      sums[cell + 2] = s2;
      sums[cell + 3] = s3;
    }
    for (; j < count; j++) {
      const b = j * stride;
      let s = sums[i * count + j]!;
      for (let at = 0; at < length; at++) s += series[a + at]! * series[b + at]!;
      sums[i * count + j] = s;
    }
  }
}

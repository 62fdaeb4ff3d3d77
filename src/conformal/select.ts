// Order statistics without sorting: the bound of an interval is one of n numbers, for every row that is predicted anew.

/** From this many on, a sample first tells about where the number sought lies. */
const WORTH_SAMPLING = 600;

/**
 * The number of 0-based place `at` in ascending order. Reorders `values`, which hold no NaN.
 *
 * **Source:** Floyd and Rivest 1975, Algorithm 489: the algorithm SELECT.
 */
export function selectAt(
  values: Float64Array,
  at: number,
  first = 0,
  last: number = values.length - 1,
): number {
  let low = first;
  let high = last;
  while (high > low) {
    if (high - low > WORTH_SAMPLING) {
      const [from, to] = sampleAround(at, low, high);
      selectAt(values, at, from, to);
    }
    const pivot = values[at]!;
    let i = low;
    let j = high;
    swap(values, low, at);
    if (values[high]! > pivot) swap(values, low, high);
    while (i < j) {
      swap(values, i++, j--);
      while (values[i]! < pivot) i++;
      while (values[j]! > pivot) j--;
    }
    if (values[low] === pivot) swap(values, low, j);
    else swap(values, ++j, high);
    if (j <= at) low = j + 1;
    if (at <= j) high = j - 1;
  }
  return values[at]!;
}

/** Places about `at` whose own order tells where it lies among all; which ones changes the time only. */
function sampleAround(at: number, low: number, high: number): [from: number, to: number] {
  const n = high - low + 1;
  const place = at - low + 1;
  const logarithm = 0.7 * (31 - Math.clz32(n));
  const size = 0.5 * Math.cbrt(n * n);
  const spread = 0.5 * Math.sqrt((logarithm * size * (n - size)) / n) * (place < n / 2 ? -1 : 1);
  return [
    Math.max(low, Math.floor(at - (place * size) / n + spread)),
    Math.min(high, Math.floor(at + ((n - place) * size) / n + spread)),
  ];
}

function swap(values: Float64Array, one: number, other: number): void {
  const value = values[one]!;
  values[one] = values[other]!;
  values[other] = value;
}

/**
 * The smallest value up to which, itself included, at least `mass` of the shares lie; the largest value where all are less.
 * Reorders both, which stay paired.
 *
 * @param shares > 0, f64[n], one for each value
 */
export function selectMass(values: Float64Array, shares: Float64Array, mass: number): number {
  let low = 0;
  let high = values.length - 1;
  let left = mass;
  while (high > low) {
    const pivot = values[(low + high) >> 1]!;
    // Smaller ones, those equal, larger ones.
    let smaller = low;
    let at = low;
    let larger = high;
    let below = 0;
    let equal = 0;
    while (at <= larger) {
      const value = values[at]!;
      if (value < pivot) {
        below += shares[at]!;
        swap(values, smaller, at);
        swap(shares, smaller++, at++);
      } else if (value > pivot) {
        swap(values, at, larger);
        swap(shares, at, larger--);
      } else equal += shares[at++]!;
    }
    if (below >= left && smaller > low) high = smaller - 1;
    else if (below + equal >= left || larger >= high) return pivot;
    else {
      left -= below + equal;
      low = larger + 1;
    }
  }
  return values[low]!;
}

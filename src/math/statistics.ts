// Plain statistics over number arrays, with compensated sums so that long columns lose no digits.
// Used by preprocessing and by measurement; knows nothing of datasets or members.

/**
 * A running sum whose rounding error does not grow with the number of terms.
 *
 * **Source:** Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", ZAMM 1974.
 */
export class CompensatedSum {
  #sum = 0;
  #lost = 0;

  add(term: number): void {
    const next = this.#sum + term;
    // The smaller of the two lost its low digits to rounding; recover them exactly.
    this.#lost += Math.abs(this.#sum) >= Math.abs(term) ? this.#sum - next + term : term - next + this.#sum;
    this.#sum = next;
  }

  get value(): number {
    return this.#sum + this.#lost;
  }
}

/** Whether no value is NaN or infinite. `every` would make an object of each number it hands on. */
export function allFinite(values: Float32Array | Float64Array): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false;
  return true;
}

/** The compensated sum of all values; 0 for none. */
export function sum(values: ArrayLike<number>): number {
  const total = new CompensatedSum();
  for (let i = 0; i < values.length; i++) total.add(values[i]!);
  return total.value;
}

/** The largest, −∞ of none; as arguments of Math.max, a hundred thousand overflow the stack. */
export function largest(values: Iterable<number>): number {
  let most = Number.NEGATIVE_INFINITY;
  for (const value of values) if (value > most) most = value;
  return most;
}

/** The arithmetic mean; NaN for no values. */
export function mean(values: ArrayLike<number>): number {
  return sum(values) / values.length;
}

/** The population variance (divided by n), in two passes; NaN for no values. */
export function variance(values: ArrayLike<number>, around = mean(values)): number {
  const total = new CompensatedSum();
  for (let i = 0; i < values.length; i++) total.add((values[i]! - around) ** 2);
  return total.value / values.length;
}

/**
 * The q-quantile, 0 ≤ q ≤ 1, linear between order statistics (type 7, the default of R and NumPy).
 * NaN for no values; the input is left unsorted.
 *
 * **Source:** Hyndman and Fan, "Sample quantiles in statistical packages", The American Statistician 1996.
 */
export function quantile(values: ArrayLike<number>, q: number): number {
  return quantileOfSorted(Float64Array.from(values).sort(), q);
}

/** {@link quantile} of values already ascending, for several quantiles of one sample. */
export function quantileOfSorted(sorted: ArrayLike<number>, q: number): number {
  if (sorted.length === 0) return Number.NaN;
  const position = (sorted.length - 1) * q;
  const below = Math.floor(position);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (high - low) * (position - below);
}

/** The median: the 0.5-quantile. */
export function median(values: ArrayLike<number>): number {
  return quantile(values, 0.5);
}

// Whether two classifiers err on other rows: McNemar's test. Pure; knows nothing of who predicted.

import { twoSidedCoin } from '../../math/binomial.js';
import { twoSidedNormal } from '../../math/normal.js';

export interface McNemar {
  /** Rows that only the first gets right, and only the second. */
  readonly firstAlone: number;
  readonly secondAlone: number;
  /** Rows that both get right, and both wrong. */
  readonly both: number;
  readonly neither: number;
  /** How often chance alone makes them differ as much, if they were equally good. */
  readonly pValue: number;
  /** Whether the p-value is that of the coin; with row weights it is that of a normal deviate. */
  readonly exact: boolean;
}

/**
 * McNemar's test of predicted classes of the same rows. Without weights exact: of the rows that one of them alone gets right
 * each is the first's or the second's as by a fair coin. With weights w the sum of ± w over √Σ w² is taken as normal.
 *
 * **Source:** McNemar 1947, Note on the sampling error of the difference between correlated proportions; Dietterich 1998,
 * Approximate statistical tests for comparing supervised classification learning algorithms, section 3.1.
 * @param weights of the rows, ≥ 0; those of weight 0 do not count. Null: all 1.
 */
export function mcNemar(
  truth: Int32Array,
  first: Int32Array,
  second: Int32Array,
  weights: ArrayLike<number> | null,
): McNemar {
  let [firstAlone, secondAlone, both, neither] = [0, 0, 0, 0];
  let [sum, squares] = [0, 0];
  for (let row = 0; row < truth.length; row++) {
    const weight = weights === null ? 1 : weights[row]!;
    if (weight === 0) continue;
    const ofFirst = first[row] === truth[row];
    const ofSecond = second[row] === truth[row];
    if (ofFirst === ofSecond) {
      if (ofFirst) both++;
      else neither++;
      continue;
    }
    if (ofFirst) firstAlone++;
    else secondAlone++;
    sum += ofFirst ? weight : -weight;
    squares += weight * weight;
  }
  const exact = weights === null;
  const normal = () => (squares === 0 ? 1 : twoSidedNormal(sum / Math.sqrt(squares)));
  const pValue = exact ? twoSidedCoin(firstAlone, secondAlone) : normal();
  return { firstAlone, secondAlone, both, neither, pValue, exact };
}

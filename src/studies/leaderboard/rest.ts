// A member beside the rest: its own squared error, and how its errors go with those of the others' mean.

import type { KnownRows } from '../../predictions/known-rows.js';
import type { Remaining } from './left-out.js';

export interface BesideRest {
  /** Mean of εᵢ² over the rows it counts for, summed over outputs; null where there are none. */
  readonly squaredError: number | null;
  /** Mean of ε̄², the error of the mean of the others, over the rows that both have; null where there are none. */
  readonly restError: number | null;
  /** Mean of εᵢ ε̄ over √(mean of εᵢ² × mean of ε̄²), over the rows that both have; null where a mean is 0 or there are none. */
  readonly rho: number | null;
}

/**
 * @param rest the mean of the others.
 *
 * **Source:** Breiman 2001, Random forests, section 2.2: strength and correlation, here of one member and the rest.
 */
export function besideRest(known: KnownRows, member: number, rest: Remaining): BesideRest {
  const { rows, outputs, mask, weights, members, task, truth } = known;
  const own = members[member]!.mean;
  const classes = task.kind === 'classification';
  let [all, squares] = [0, 0];
  let [shared, ownSquares, restSquares, products] = [0, 0, 0, 0];
  for (let row = 0; row < rows; row++) {
    const weight = weights?.[row] ?? 1;
    if (weight === 0 || (mask !== null && mask[member * rows + row] === 0)) continue;
    const isShared = rest.left[row] === 1;
    all += weight;
    if (isShared) shared += weight;
    for (let column = 0; column < outputs; column++) {
      const at = row * outputs + column;
      const expected = classes ? Number(truth.labels[row] === column) : truth.targets[at]!;
      const error = own[at]! - expected;
      squares += weight * error * error;
      if (!isShared) continue;
      const other = rest.mean[at]! - expected;
      ownSquares += weight * error * error;
      restSquares += weight * other * other;
      products += weight * error * other;
    }
  }
  const size = Math.sqrt(ownSquares * restSquares);
  return {
    squaredError: all === 0 ? null : squares / all,
    restError: shared === 0 ? null : restSquares / shared,
    rho: size > 0 ? products / size : null,
  };
}

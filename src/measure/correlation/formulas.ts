// The formulas of averaging: what follows from v, c and k. Pure arithmetic; docs/reference/measuring.md derives it.

import type { RowTotals } from './row-sums.js';

/** v, c and what they imply; `null` where a figure does not exist (one member has no pairs). */
export interface VarianceAndCovariance {
  /** Mean of E[εᵢ²] over members. */
  readonly v: number;
  /** Mean of E[εᵢ εⱼ] over pairs i ≠ j. */
  readonly c: number | null;
  /** ρ = c / v. */
  readonly rho: number | null;
}

/** v over (row, member), c over (row, pair): ratios of totals. */
export function ofTotals(totals: RowTotals): VarianceAndCovariance {
  const v = totals.squares / totals.memberCount;
  const c = totals.pairs === 0 ? null : totals.products / totals.pairs;
  return { v, c, rho: c === null || v === 0 ? null : c / v };
}

/**
 * E[(1/k Σ εᵢ)²] = v/k + (k − 1) c/k: the squared error of the mean of k members.
 * `c` is needed from two members on; null when it is missing.
 *
 * **Source:** Goodfellow, Bengio and Courville 2016, Deep Learning, section 7.11, equation 7.50.
 */
export function averagedError(v: number, c: number | null, members: number): number | null {
  if (members === 1) return v;
  return c === null ? null : v / members + ((members - 1) * c) / members;
}

/** k / (1 + (k − 1) ρ): uncorrelated members that would do as much. Null when ρ is, or the error is 0. */
export function effectiveMembers(rho: number | null, members: number): number | null {
  if (members === 1) return 1;
  if (rho === null) return null;
  const inflation = 1 + (members - 1) * rho;
  return inflation > 0 ? members / inflation : null;
}

/** (v − c) / (k (k + 1)): by how much one more member like these would lower the squared error. */
export function nextMemberGain(v: number, c: number | null, members: number): number | null {
  return c === null ? null : (v - c) / (members * (members + 1));
}

/** Ensemble sizes worth a point of a curve: all up to 8, then about √2 apart, and k itself. */
export function curveSizes(members: number): number[] {
  const sizes: number[] = [];
  for (let size = 1; size < members; size = size < 8 ? size + 1 : Math.ceil(size * 1.4)) sizes.push(size);
  sizes.push(members);
  return sizes;
}

// Intervals of numbers: bounds that all but a share of the training rows' errors, about what the members that never saw
// each say here, lie within.

import type { Conformity, ValueConformity } from './conformity.js';
import { coverageMass, coverageRank } from './coverage-rank.js';
import type { LeftOut } from './left-out.js';
import type { MaskPatterns } from './mask-patterns.js';
import { selectAt, selectMass } from './select.js';

/** Fills in the bounds of a row's targets, from place `at` on. */
export type ValueInterval = (leftOut: LeftOut, lower: Float64Array, upper: Float64Array, at: number) => void;

/**
 * From the ⌊α (n + 1)⌋-th smallest of μ₋ᵢ(x) − Rᵢ to the ⌈(1 − α)(n + 1)⌉-th smallest of μ₋ᵢ(x) + Rᵢ, for each target by itself,
 * with Rᵢ = |yᵢ − μ₋ᵢ(xᵢ)|; where members have Gaussian heads, μ₋ᵢ(x) ± σ₋ᵢ(x) · |yᵢ − μ₋ᵢ(xᵢ)| / σ₋ᵢ(xᵢ). Of grouped rows each counts one
 * through the rows of its group. Where a small coverage leaves none of it, both bounds are their middle.
 *
 * **Source:** Kim, Xu and Barber 2020, equation 6; Papadopoulos, Gammerman and Vovk 2008, Normalized nonconformity measures
 * for regression conformal prediction; Lee, Barber and Willett 2023 for groups.
 */
export function valueIntervals(
  { scores, shares, rows, groups }: Conformity & { readonly scores: ValueConformity },
  { count, starts, order }: MaskPatterns,
  coverage: number,
): ValueInterval {
  const { residual, deviation } = scores;
  const targets = residual.length / rows;
  // In the order of the patterns, so that a row's members are looked up once for all that share them.
  const radius = new Float64Array(rows * targets);
  for (let at = 0; at < rows; at++) {
    for (let target = 0; target < targets; target++) {
      const from = order[at]! * targets + target;
      const own = Math.abs(residual[from]!);
      radius[at * targets + target] = deviation === null ? own : own / deviation[from]!;
    }
  }
  const ordered = shares && Float64Array.from(order, (row) => shares[row]!);
  const low = new Float64Array(rows);
  const high = new Float64Array(rows);
  const bound = boundOf(ordered, coverage, groups ?? rows);
  return ({ mean, variance }, lower, upper, to) => {
    for (let target = 0; target < targets; target++) {
      for (let pattern = 0; pattern < count; pattern++) {
        const from = pattern * targets + target;
        const middle = mean[from]!;
        const unit = variance === null ? 1 : Math.sqrt(variance[from]!);
        for (let at = starts[pattern]!; at < starts[pattern + 1]!; at++) {
          const reach = unit * radius[at * targets + target]!;
          // Turned round, so that the bound below is found as the one above.
          low[at] = reach - middle;
          high[at] = middle + reach;
        }
      }
      const below = -bound(low);
      const above = bound(high);
      lower[to + target] = below > above ? (below + above) / 2 : below;
      upper[to + target] = below > above ? (below + above) / 2 : above;
    }
  };
}

/** The smallest value that enough of them do not exceed; of shares, a value's own beside it. */
function boundOf(shares: Float64Array | null, coverage: number, count: number) {
  if (shares === null) {
    const place = coverageRank(coverage, count) - 1;
    return (values: Float64Array) => selectAt(values, place);
  }
  const mass = coverageMass(coverage, count);
  const own = new Float64Array(shares.length);
  return (values: Float64Array) => {
    own.set(shares);
    return selectMass(values, own, mass);
  };
}

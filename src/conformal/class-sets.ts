// Sets of classes: a class is in it unless too many rows conformed better to those that never saw them than it does to the
// same members here.

import type { ClassConformity, Conformity } from './conformity.js';
import { coverageMass } from './coverage-rank.js';
import type { MaskPatterns } from './mask-patterns.js';
import { type ConformalMethod, conformalScore, FREE_CLASSES, RANK_PENALTY } from './scores.js';

/**
 * Probabilities that differ by less are the same: those of a new row are summed in another order than those of the rows
 * they are held against. Ties are in the set, which makes it no smaller than it has to be.
 */
const TIE = 2 ** -19;

/** Fills in which classes of a row are in its set. @param u uniform in [0, 1), the row's own; see {@link conformalScore} */
export type ClassSet = (probabilities: Float64Array, u: number, set: Uint8Array) => void;

/**
 * { y : Σᵢ ωᵢ 1[Sᵢ < s₋ᵢ(x, y)] < coverage · (1 + Σᵢ ωᵢ) } with Sᵢ the score of row i by the members that never saw it, s₋ᵢ(x, y)
 * that of the class y by the same members, and ωᵢ = 1, or of grouped rows one through the rows of its group.
 *
 * @param uniforms of the rows, f64[rows]
 *
 * **Source:** Romano, Sesia and Candès 2020, equation 13 (jackknife+), with the members of Kim, Xu and Barber 2020; Lee,
 * Barber and Willett 2023, Distribution-free inference with hierarchical data, for groups.
 */
export function classSets(
  conformity: Conformity & { readonly scores: ClassConformity },
  patterns: MaskPatterns,
  classes: number,
  { coverage, method }: { readonly coverage: number; readonly method: ConformalMethod },
  uniforms: Float64Array,
): ClassSet {
  const { shares, rows, groups } = conformity;
  const limit = coverageMass(coverage, groups ?? rows);
  const { scores, below } = sortedScores(conformity, patterns, method, uniforms);
  const { count, starts } = patterns;
  const single = shares === null && count > rows / 4;
  const outside = new Float64Array(classes);
  const order = Int32Array.from({ length: classes }, (_, at) => at);

  /** What the rows of a pattern that score less than `score` count. */
  const lower = (pattern: number, score: number): number => {
    const start = starts[pattern]!;
    const end = starts[pattern + 1]!;
    if (single && end - start === 1) return scores[start]! < score ? 1 : 0;
    let low = start;
    let high = end;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (scores[middle]! < score) low = middle + 1;
      else high = middle;
    }
    return below === null ? low - start : below[low]! - below[start]!;
  };

  const leastAmbiguous = (p: Float64Array) => {
    for (let pattern = 0; pattern < count; pattern++) {
      const from = pattern * classes;
      for (let own = 0; own < classes; own++) outside[own]! += lower(pattern, 1 - p[from + own]! - TIE);
    }
  };
  const penalty = method === 'raps' ? RANK_PENALTY : 0;
  const adaptive = (p: Float64Array, u: number) => {
    for (let pattern = 0; pattern < count; pattern++) {
      const from = pattern * classes;
      // By probability, descending; the order of the pattern before is nearly this one's.
      for (let next = 1; next < classes; next++) {
        const own = order[next]!;
        const mine = p[from + own]!;
        let at = next;
        for (; at > 0; at--) {
          const other = order[at - 1]!;
          const theirs = p[from + other]!;
          if (theirs > mine || (theirs === mine && other < own)) break;
          order[at] = other;
        }
        order[at] = own;
      }
      let above = 0;
      for (let at = 0; at < classes; at++) {
        const own = order[at]!;
        const mine = p[from + own]!;
        const extra = at < FREE_CLASSES ? 0 : penalty * (at + 1 - FREE_CLASSES);
        outside[own]! += lower(pattern, above + u * mine + extra - TIE);
        above += mine;
      }
    }
  };
  const countOutside = method === 'lac' ? leastAmbiguous : adaptive;
  return (probabilities, u, set) => {
    outside.fill(0);
    countOutside(probabilities, u);
    for (let own = 0; own < classes; own++) set[own] = outside[own]! < limit ? 1 : 0;
  };
}

/** The rows' scores, ascending within each pattern, f64[rows], and of shares the sums before each, f64[rows + 1]. */
function sortedScores(
  { scores, shares, rows }: Conformity & { readonly scores: ClassConformity },
  { count, starts, order }: MaskPatterns,
  method: ConformalMethod,
  uniforms: Float64Array,
) {
  const { truth, above, rank } = scores;
  const own = Float64Array.from({ length: rows }, (_, row) =>
    conformalScore(method, truth[row]!, above[row]!, rank[row]!, uniforms[row]!),
  );
  const sorted = new Float64Array(rows);
  const below = shares === null ? null : new Float64Array(rows + 1);
  for (let pattern = 0; pattern < count; pattern++) {
    const start = starts[pattern]!;
    const places = order.slice(start, starts[pattern + 1]!).sort((a, b) => own[a]! - own[b]!);
    for (const [at, row] of places.entries()) {
      sorted[start + at] = own[row]!;
      if (below !== null) below[start + at + 1] = below[start + at]! + shares![row]!;
    }
  }
  return { scores: sorted, below };
}

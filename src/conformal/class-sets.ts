// Sets of classes: a class is in it unless too many rows conformed better to those that never saw them than it does to the
// same members here.

import { type BoundSettings, decideByBounds } from './class-bounds.js';
import type { ClassConformity, Conformity } from './conformity.js';
import { coverageMass } from './coverage-rank.js';
import type { LeftOutRow } from './left-out.js';
import type { MaskPatterns } from './mask-patterns.js';
import { type ScoreOrder, scoreOrder } from './score-order.js';
import { type ConformalMethod, conformalScore, FREE_CLASSES, RANK_PENALTY } from './scores.js';

/**
 * Probabilities that differ by less are the same: those of a new row are summed in another order than those of the rows
 * they are held against. Ties are in the set, which makes it no smaller than it has to be.
 */
const TIE = 2 ** -19;

/** Fills in which classes of a row are in its set. @param u uniform in [0, 1), the row's own; see {@link conformalScore} */
export type ClassSet = (row: LeftOutRow, u: number, set: Uint8Array) => void;

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
  const scores = scoresOf(conformity, method, uniforms);
  const settings: BoundSettings = {
    ...{ method, limit, tie: TIE },
    order: scoreOrder(scores, shares, patterns.order),
  };
  const decide = decideByBounds(settings);
  const count = counterOf(scores, shares, patterns);
  const penalty = method === 'raps' ? RANK_PENALTY : 0;
  const undecided = new Int32Array(classes);
  const outside = new Float64Array(classes);
  return (row, u, set) => {
    const bounds = row.bounds();
    let left = classes;
    if (bounds !== null) left = decide(bounds, u, set, undecided);
    else for (let own = 0; own < classes; own++) undecided[own] = own;
    if (left === 0) return;
    const wanted = undecided.subarray(0, left);
    outside.fill(0);
    if (method === 'lac') countLeastAmbiguous(row.predict(wanted).mean, wanted, outside, count);
    else countAdaptive(row.predict(null).mean, wanted, outside, count, { u, penalty });
    for (const own of wanted) set[own] = outside[own]! < limit ? 1 : 0;
  };
}

/** The rows' own scores, f64[rows]. */
function scoresOf(
  { scores, rows }: Conformity & { readonly scores: ClassConformity },
  method: ConformalMethod,
  uniforms: Float64Array,
): Float64Array {
  const { truth, above, rank } = scores;
  return Float64Array.from({ length: rows }, (_, row) =>
    conformalScore(method, truth[row]!, above[row]!, rank[row]!, uniforms[row]!),
  );
}

/** What the rows of each pattern count that score less than a class does there. */
interface Counter {
  readonly patterns: number;
  /** The score of a pattern's only row, which is what most have; NaN where there are several, f64[patterns]. */
  readonly only: Float64Array;
  /** What that row counts, f64[patterns]. */
  readonly counts: Float64Array;
  /** Of several rows, by pattern. */
  readonly several: ReadonlyMap<number, ScoreOrder>;
}

function counterOf(
  scores: Float64Array,
  shares: Float64Array | null,
  { count, starts, order }: MaskPatterns,
): Counter {
  const only = new Float64Array(count).fill(Number.NaN);
  const counts = new Float64Array(count).fill(1);
  const several = new Map<number, ScoreOrder>();
  for (let pattern = 0; pattern < count; pattern++) {
    const rows = order.subarray(starts[pattern]!, starts[pattern + 1]!);
    if (rows.length === 1) {
      only[pattern] = scores[rows[0]!]!;
      if (shares !== null) counts[pattern] = shares[rows[0]!]!;
    } else several.set(pattern, scoreOrder(scores, shares, rows));
  }
  return { patterns: count, only, counts, several };
}

/** What the rows of a pattern count that score less than `score`. */
function countBelow({ only, counts, several }: Counter, pattern: number, score: number): number {
  const own = only[pattern]!;
  if (own < score) return counts[pattern]!;
  return own >= score ? 0 : several.get(pattern)!.below(score);
}

/** Adds to `outside` what the rows count that conformed better than each wanted class, by LAC. */
function countLeastAmbiguous(
  p: Float64Array,
  wanted: Int32Array,
  outside: Float64Array,
  counter: Counter,
): void {
  const classes = outside.length;
  for (const own of wanted) {
    let sum = 0;
    for (let pattern = 0; pattern < counter.patterns; pattern++) {
      sum += countBelow(counter, pattern, 1 - p[pattern * classes + own]! - TIE);
    }
    outside[own] = sum;
  }
}

/** Up to as many wanted classes, comparing each with all others costs less than putting all in order. */
const MOST_COMPARED = 3;

interface Adaptive {
  readonly u: number;
  readonly penalty: number;
}

/** The same by APS and, with a penalty, RAPS. */
function countAdaptive(
  p: Float64Array,
  wanted: Int32Array,
  outside: Float64Array,
  counter: Counter,
  adaptive: Adaptive,
): void {
  if (wanted.length > MOST_COMPARED) countInOrder(p, outside, counter, adaptive);
  else for (const own of wanted) outside[own] = countCompared(p, own, outside.length, counter, adaptive);
}

/** Of one class. */
function countCompared(
  p: Float64Array,
  own: number,
  classes: number,
  counter: Counter,
  { u, penalty }: Adaptive,
): number {
  let sum = 0;
  for (let pattern = 0; pattern < counter.patterns; pattern++) {
    const from = pattern * classes;
    const mine = p[from + own]!;
    let above = 0;
    let before = 0;
    for (let other = 0; other < classes; other++) {
      const theirs = p[from + other]!;
      if (theirs > mine || (theirs === mine && other < own)) {
        above += theirs;
        before++;
      }
    }
    const extra = penalty * Math.max(0, before + 1 - FREE_CLASSES);
    sum += countBelow(counter, pattern, above + u * mine + extra - TIE);
  }
  return sum;
}

/** Of all classes, from the most probable on. */
function countInOrder(
  p: Float64Array,
  outside: Float64Array,
  counter: Counter,
  { u, penalty }: Adaptive,
): void {
  const classes = outside.length;
  const order = Int32Array.from(outside, (_, own) => own);
  const sorted = new Float64Array(classes);
  for (let pattern = 0; pattern < counter.patterns; pattern++) {
    const from = pattern * classes;
    // The order of the pattern before is nearly this one's.
    for (let next = 0; next < classes; next++) {
      const own = order[next]!;
      const mine = p[from + own]!;
      let at = next;
      for (; at > 0; at--) {
        const theirs = sorted[at - 1]!;
        if (theirs > mine || (theirs === mine && order[at - 1]! < own)) break;
        sorted[at] = theirs;
        order[at] = order[at - 1]!;
      }
      sorted[at] = mine;
      order[at] = own;
    }
    let above = 0;
    for (let at = 0; at < classes; at++) {
      const extra = at < FREE_CLASSES ? 0 : penalty * (at + 1 - FREE_CLASSES);
      outside[order[at]!]! += countBelow(counter, pattern, above + u * sorted[at]! + extra - TIE);
      above += sorted[at]!;
    }
  }
}

// Greedy selection of candidates with replacement by the loss of their mean, and what it promises too much: the loss on rows
// that did not choose. Knows terms and no members.

import { RandomStream, streamKey } from '../math/random.js';
import type { Terms } from './terms.js';

/** Candidates and how often each is in the mean. */
export interface GreedyChoice {
  /** By candidate. */
  readonly counts: readonly number[];
  /** Mean loss on the rows that chose. */
  readonly loss: number;
}

/**
 * Adds, `size` times, the candidate that makes the mean's loss least; the first of equals. Of the path the shortest start with
 * the least loss is taken.
 * @param candidates terms of each, f32[rows × width], without gaps. @param rows that choose. @param weights of all rows, or null.
 *
 * **Source:** Caruana, Niculescu-Mizil, Crew and Ksikes, "Ensemble selection from libraries of models", ICML 2004.
 */
export function chooseGreedily(
  candidates: readonly Float32Array[],
  terms: Terms,
  rows: Uint32Array,
  size: number,
  weights: Float32Array | null = null,
): GreedyChoice {
  const { width } = terms;
  const own = candidates.map((all) => gather(all, rows, width));
  const weighing = weightsOf(rows, weights);
  const sums = new Float64Array(rows.length * width);
  const path: { readonly candidate: number; readonly loss: number }[] = [];
  for (let step = 0; step < size; step++) {
    let best = { candidate: -1, loss: Number.POSITIVE_INFINITY };
    for (const [candidate, values] of own.entries()) {
      const loss = terms.total(sums, values, step + 1, weighing.own) / weighing.total;
      if (loss < best.loss) best = { candidate, loss };
    }
    if (best.candidate < 0) break;
    const values = own[best.candidate]!;
    for (let at = 0; at < sums.length; at++) sums[at]! += values[at]!;
    path.push(best);
  }
  let [length, loss] = [0, Number.POSITIVE_INFINITY];
  for (const [at, step] of path.entries()) if (step.loss < loss) [length, loss] = [at + 1, step.loss];
  const counts = candidates.map(() => 0);
  for (const { candidate } of path.slice(0, length)) counts[candidate]!++;
  return { counts, loss };
}

function gather(all: Float32Array, rows: Uint32Array, width: number): Float32Array {
  const own = new Float32Array(rows.length * width);
  for (const [to, row] of rows.entries())
    for (let column = 0; column < width; column++) own[to * width + column] = all[row * width + column]!;
  return own;
}

/** Those of some rows, and their sum. */
function weightsOf(
  rows: Uint32Array,
  weights: Float32Array | null,
): { own: Float32Array | null; total: number } {
  if (weights === null) return { own: null, total: rows.length };
  const own = Float32Array.from(rows, (row) => weights[row]!);
  return { own, total: own.reduce((sum, weight) => sum + weight, 0) };
}

/** The mean loss of a candidate by itself. @param own its terms, f32[rows × width]. */
export function meanLossOf(own: Float32Array, terms: Terms, weights: Float32Array | null = null): number {
  const total =
    weights === null ? own.length / terms.width : weights.reduce((sum, weight) => sum + weight, 0);
  return terms.total(new Float64Array(own.length), own, 1, weights) / total;
}

/** The loss on some rows of a mean of candidates. @param counts how often each is in it. */
export function lossOf(
  candidates: readonly Float32Array[],
  counts: readonly number[],
  terms: Terms,
  rows: Uint32Array,
  weights: Float32Array | null = null,
): number {
  const { width } = terms;
  const sums = new Float64Array(rows.length * width);
  let total = 0;
  for (const [candidate, count] of counts.entries()) {
    if (count === 0) continue;
    total += count;
    const values = candidates[candidate]!;
    for (const [to, row] of rows.entries())
      for (let column = 0; column < width; column++)
        sums[to * width + column]! += count * values[row * width + column]!;
  }
  const weighing = weightsOf(rows, weights);
  return terms.total(sums, new Float32Array(sums.length), total, weighing.own) / weighing.total;
}

/** What a selection is worth. */
export interface SelectionOptimism {
  /** Mean loss on the rows that chose. */
  readonly naive: number;
  /** The same where one half of the rows chose and the other was scored, both ways. */
  readonly nested: number;
  /** nested − naive: how much the selection promises too much. */
  readonly optimism: number;
}

/**
 * Chooses on one half of the rows and scores on the other, both ways.
 * @param naive the loss of the choice on all rows.
 *
 * **Source:** Cawley and Talbot, "On over-fitting in model selection and subsequent selection bias in performance
 * evaluation", JMLR 2010.
 */
export function measureOptimism(
  candidates: readonly Float32Array[],
  terms: Terms,
  rows: number,
  size: number,
  naive: number,
  seed: number,
  weights: Float32Array | null = null,
): SelectionOptimism | null {
  const halves = halvesOf(rows, seed);
  if (halves.some((half) => half.length < LEAST_HALF)) return null;
  const [a, b] = halves;
  let [sum, total] = [0, 0];
  for (const [choosing, scored] of [
    [a, b],
    [b, a],
  ] as const) {
    const { counts } = chooseGreedily(candidates, terms, choosing, size, weights);
    sum += lossOf(candidates, counts, terms, scored, weights) * scored.length;
    total += scored.length;
  }
  return { naive, nested: sum / total, optimism: sum / total - naive };
}

/** Fewer rows in a half say nothing. */
const LEAST_HALF = 10;

/** A bit for each row decides. */
function halvesOf(rows: number, seed: number): readonly [Uint32Array, Uint32Array] {
  const stream = new RandomStream(streamKey(seed, 'search', 0, NESTED));
  const first = Uint8Array.from({ length: rows }, () => stream.below(2));
  const all = Uint32Array.from({ length: rows }, (_, row) => row);
  return [all.filter((row) => first[row] === 1), all.filter((row) => first[row] === 0)];
}

/** Beside the keys of option names, which hash to other numbers. */
const NESTED = 1;

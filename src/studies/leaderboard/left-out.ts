// The ensemble without each of its members, from the sum over all of them less one: as many passes over the rows as
// there are members, and no pass for every pair. Pure functions of known rows.

import { type Aggregator, aggregators } from '../../predictions/aggregate/aggregators.js';
import type { AggregatorTerms } from '../../predictions/aggregate/definition.js';
import { DEFAULT_TOLERANCE } from '../../predictions/aggregate/geometric-mean.js';
import { resolveShares } from '../../predictions/aggregate/shares.js';
import type { KnownRows } from '../../predictions/known-rows.js';
import { labelsOf } from '../../predictions/labels.js';

/** Predictions of all known rows; NaN, and label −1, where nobody is left. */
export interface Averaged {
  readonly mean: Float64Array;
  /** Classification: the predicted classes; else null. */
  readonly labels: Int32Array | null;
}

export interface LeftOut {
  /** Of all members. */
  readonly whole: Averaged;
  /** Of all but one. Its mean is the array of the next call too. */
  without(member: number): Remaining;
}

export interface Remaining extends Averaged {
  /** u8[rows]: 1 where a member with a weight is left. */
  readonly left: Uint8Array;
}

/** @param weights averaging weights, ≥ 0 and not all 0; null: equal ones. */
export function createLeftOut(
  known: KnownRows,
  aggregator: Aggregator,
  weights: readonly number[] | null,
): LeftOut {
  const { terms } = aggregators.get(aggregator);
  const summed = terms !== null && (known.task.kind === 'classification' || terms.toPredictions === null);
  return summed ? ofSums(known, terms, weights) : ofCombining(known, aggregator, weights);
}

/** Who counts for which row, with which weight. */
function countsOf({ members, mask, rows }: KnownRows, weights: readonly number[] | null) {
  const weightOf = (member: number) => weights?.[member] ?? 1;
  const counts = (member: number, row: number) =>
    weightOf(member) > 0 && (mask === null || mask[member * rows + row] !== 0);
  const counted = new Uint32Array(rows);
  const totals = new Float64Array(rows);
  for (let member = 0; member < members.length; member++) {
    for (let row = 0; row < rows; row++) {
      if (!counts(member, row)) continue;
      counted[row]!++;
      totals[row]! += weightOf(member);
    }
  }
  const leftWithout = (member: number) => {
    const left = new Uint8Array(rows);
    for (let row = 0; row < rows; row++) left[row] = counted[row]! > Number(counts(member, row)) ? 1 : 0;
    return left;
  };
  return { weightOf, counts, totals, leftWithout };
}

function ofSums(known: KnownRows, form: AggregatorTerms, weights: readonly number[] | null): LeftOut {
  const { rows, outputs, members, task } = known;
  const { weightOf, counts, totals, leftWithout } = countsOf(known, weights);
  const sums = new Float64Array(rows * outputs);
  const addTimes = (into: Float64Array, member: number, factor: number) => {
    const own = form.of(members[member]!);
    for (let row = 0; row < rows; row++) {
      // What a member says of a row that it does not count for may be anything.
      if (!counts(member, row)) continue;
      for (let at = row * outputs; at < (row + 1) * outputs; at++) into[at]! += factor * own[at]!;
    }
  };
  members.forEach((_, member) => {
    addTimes(sums, member, weightOf(member));
  });
  const averaged = (mean: Float64Array, weightIn: (row: number) => number): Averaged => {
    for (let row = 0; row < rows; row++) {
      const weight = weightIn(row);
      for (let at = row * outputs; at < (row + 1) * outputs; at++) mean[at]! /= weight;
    }
    form.toPredictions?.(mean, rows, outputs);
    return { mean, labels: task.kind === 'classification' ? labelsOf(mean, rows, outputs) : null };
  };
  const scratch = new Float64Array(rows * outputs);
  return {
    whole: averaged(sums.slice(), (row) => totals[row]!),
    without(member) {
      scratch.set(sums);
      addTimes(scratch, member, -weightOf(member));
      const left = leftWithout(member);
      const weightIn = (row: number) =>
        left[row] === 0 ? Number.NaN : totals[row]! - (counts(member, row) ? weightOf(member) : 0);
      return { ...averaged(scratch, weightIn), left };
    },
  };
}

/** For what is no mean of terms, as products of Gaussian densities: each time all others are combined anew. */
function ofCombining(known: KnownRows, aggregator: Aggregator, weights: readonly number[] | null): LeftOut {
  const { members, mask, rows, outputs, task } = known;
  const { combine } = aggregators.get(aggregator);
  const { leftWithout } = countsOf(known, weights);
  const combined = (places: readonly number[]): Averaged => {
    const own = weights && places.map((place) => weights[place]!);
    const shares = resolveShares(own, places.length, rows, mask && rowsOf(mask, rows, places));
    const those = places.map((place) => members[place]!);
    const { mean, labels } = combine(those, shares, task, DEFAULT_TOLERANCE);
    return { mean: Float64Array.from(mean), labels };
  };
  const all = members.map((_, place) => place);
  return {
    whole: combined(all),
    without(member) {
      const left = leftWithout(member);
      if (left.includes(1)) return { ...combined(all.filter((place) => place !== member)), left };
      return { mean: new Float64Array(rows * outputs).fill(Number.NaN), labels: null, left };
    },
  };
}

/** Some members' rows of u8[k, rows]. */
function rowsOf(mask: Uint8Array, rows: number, places: readonly number[]): Uint8Array {
  const own = new Uint8Array(places.length * rows);
  for (const [at, place] of places.entries()) {
    own.set(mask.subarray(place * rows, (place + 1) * rows), at * rows);
  }
  return own;
}

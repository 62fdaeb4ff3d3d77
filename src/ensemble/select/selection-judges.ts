// How good an average would be, for the members chosen so far and any one more: by its score on rows that no
// member was trained on, or, out of bag, by the squared error that the members' error products foretell.

import type { Task } from '../../data/dataset/dataset.js';
import { log } from '../../math/functions.js';
import { mean } from '../../math/statistics.js';
import { LOG_LOSS_FLOOR } from '../../measure/scores/scores.js';
import type { AggregatorTerms } from '../../predictions/aggregate/definition.js';
import { largestAt } from '../../predictions/labels.js';

export type SelectionMetric = 'errorRate' | 'logLoss' | 'squaredError';

export type Terms = Float32Array | Float64Array;

/** All predictions in the form in which an aggregator adds them up, and what is true. */
export interface PredictionTable {
  readonly rows: number;
  readonly outputs: number;
  /** Per member [rows, outputs]. */
  readonly terms: readonly Terms[];
  /** Per member u8[rows], 1 where it counts; null when all do everywhere. */
  readonly counted: readonly Uint8Array[] | null;
  readonly labels: Int32Array;
  readonly targets: Float64Array;
}

export interface Judge {
  /** The score of what is chosen with one more of member `at`. */
  scoreWith(at: number): number;
  /** The score of these members alone. */
  scoreOf(members: readonly number[]): number;
  add(at: number): void;
}

/** Judges an average by its score on all rows. */
export function createJudge(
  table: PredictionTable,
  task: Task,
  form: AggregatorTerms,
  metric: SelectionMetric,
): Judge {
  const { rows, outputs, terms } = table;
  const average = new Float64Array(outputs);
  const score = rowScore(table, task, form, metric);
  const addTo = (sums: Float64Array, member: number) => {
    for (let at = 0; at < sums.length; at++) sums[at]! += terms[member]![at]!;
  };
  const scoreSums = (sums: Float64Array, number: number, more: Terms | null) => {
    let total = 0;
    for (let row = 0; row < rows; row++) {
      for (let o = 0; o < outputs; o++) {
        const at = row * outputs + o;
        average[o] = (sums[at]! + (more === null ? 0 : more[at]!)) / number;
      }
      total += score(average, row);
    }
    return total / rows;
  };
  const chosen = new Float64Array(rows * outputs);
  let number = 0;
  return {
    scoreWith: (at) => scoreSums(chosen, number + 1, terms[at]!),
    scoreOf(members) {
      const sums = new Float64Array(rows * outputs);
      for (const member of members) addTo(sums, member);
      return scoreSums(sums, members.length, null);
    },
    add(at) {
      addTo(chosen, at);
      number++;
    },
  };
}

/**
 * Judges an average out of bag, by the squared error that its members' errors and their products foretell:
 * Σᵢⱼ wᵢ wⱼ E[εᵢ εⱼ]. No row is out of bag for all members of an average, but for many pairs, which is enough.
 */
export function createPairJudge(table: PredictionTable, task: Task): Judge {
  const products = errorProducts(table, task);
  const count = products.length;
  const sumOf = (a: readonly number[], b: readonly number[]) => {
    let sum = 0;
    for (let i = 0; i < count; i++) {
      if (a[i] === 0) continue;
      for (let j = 0; j < count; j++) sum += a[i]! * b[j]! * products[i]![j]!;
    }
    return sum;
  };
  const chosen = new Array<number>(count).fill(0);
  let number = 0;
  let squares = 0;
  const withOne = (at: number) => {
    let cross = 0;
    for (let i = 0; i < count; i++) cross += chosen[i]! * products[at]![i]!;
    return squares + 2 * cross + products[at]![at]!;
  };
  return {
    scoreWith: (at) => withOne(at) / (number + 1) ** 2,
    scoreOf(members) {
      const counts = range(count).map((at) => members.filter((member) => member === at).length);
      return sumOf(counts, counts) / members.length ** 2;
    },
    add(at) {
      squares = withOne(at);
      chosen[at]!++;
      number++;
    },
  };
}

/** Rounds of fitting; more change the fit by less than its noise where rows have three members or more. */
const FIT_ROUNDS = 8;

/**
 * E[εᵢ εⱼ], summed over outputs, over the rows out of bag for both. Pairs meet on different rows, and some rows are
 * hard for all; so products are fitted as Eᵢⱼ plus an effect of the row, of mean 0, by least squares. (Subtracting a
 * row's error itself would charge the row for its own bad members.)
 *
 * **Source:** Scheffé 1959, The Analysis of Variance, chapter 4: two-way layouts with unequal numbers.
 */
function errorProducts(table: PredictionTable, task: Task): number[][] {
  const { rows, terms, outputs } = table;
  const members = terms.length;
  const errors = errorsOf(table, task);
  const there = range(rows).map((row) =>
    range(members).filter((member) => table.counted![member]![row] === 1),
  );
  const effects = new Float64Array(rows);
  let products: number[][] = [];
  for (let round = 0; round < FIT_ROUNDS; round++) {
    products = meanProducts(errors, there, effects, outputs);
    for (const [row, own] of there.entries()) {
      let sum = 0;
      for (const i of own)
        for (const j of own) sum += productAt(errors[i]!, errors[j]!, row, outputs) - products[i]![j]!;
      effects[row] = sum / own.length ** 2;
    }
    const centre = mean(effects);
    for (let row = 0; row < rows; row++) effects[row]! -= centre;
  }
  return products;
}

/** Mean of εᵢ εⱼ less the row's effect, over the rows of both. */
function meanProducts(
  errors: readonly Float64Array[],
  there: readonly (readonly number[])[],
  effects: Float64Array,
  outputs: number,
): number[][] {
  const members = errors.length;
  const sums = new Float64Array(members * members);
  const shared = new Float64Array(members * members);
  for (const [row, own] of there.entries()) {
    for (const i of own) {
      for (const j of own) {
        if (j > i) continue;
        sums[i * members + j]! += productAt(errors[i]!, errors[j]!, row, outputs) - effects[row]!;
        shared[i * members + j]!++;
      }
    }
  }
  const pairs = range(members).flatMap((i) => range(i).map((j) => i * members + j));
  const met = pairs.filter((cell) => shared[cell]! > 0);
  // A pair that never meets is taken for an average one.
  const average = met.length === 0 ? 0 : mean(met.map((cell) => sums[cell]! / shared[cell]!));
  return range(members).map((i) =>
    range(members).map((j) => {
      const cell = Math.max(i, j) * members + Math.min(i, j);
      return shared[cell] === 0 ? average : sums[cell]! / shared[cell]!;
    }),
  );
}

function productAt(a: Float64Array, b: Float64Array, row: number, outputs: number): number {
  let sum = 0;
  for (let at = row * outputs; at < (row + 1) * outputs; at++) sum += a[at]! * b[at]!;
  return sum;
}

/** Prediction minus truth, f64[rows, outputs] per member. */
function errorsOf({ terms, labels, targets, rows, outputs }: PredictionTable, task: Task): Float64Array[] {
  return terms.map((own) => {
    const errors = Float64Array.from(own);
    if (task.kind === 'regression') for (let at = 0; at < errors.length; at++) errors[at]! -= targets[at]!;
    else for (let row = 0; row < rows; row++) errors[row * outputs + labels[row]!]! -= 1;
    return errors;
  });
}

/** The score of one row from the average of what its members said. */
function rowScore(
  { outputs, labels, targets }: PredictionTable,
  task: Task,
  form: AggregatorTerms,
  metric: SelectionMetric,
): (average: Float64Array, row: number) => number {
  if (task.kind === 'regression') {
    return (average, row) => {
      let sum = 0;
      for (let o = 0; o < outputs; o++) sum += (average[o]! - targets[row * outputs + o]!) ** 2;
      return sum;
    };
  }
  const { toPredictions } = form;
  const normalise = (values: Float64Array) => {
    toPredictions?.(values, 1, outputs);
    return values;
  };
  switch (metric) {
    case 'errorRate':
      return (average, row) => (largestAt(average, 0, outputs) === labels[row] ? 0 : 1);
    case 'logLoss':
      return (average, row) => -log(Math.max(normalise(average)[labels[row]!]!, LOG_LOSS_FLOOR));
    case 'squaredError':
      return (average, row) => {
        const probabilities = normalise(average);
        let sum = 0;
        for (let o = 0; o < outputs; o++) sum += (probabilities[o]! - (o === labels[row] ? 1 : 0)) ** 2;
        return sum;
      };
    default:
      return metric satisfies never;
  }
}

/** 0, 1, … length − 1. */
export function range(length: number): number[] {
  return Array.from({ length }, (_, at) => at);
}

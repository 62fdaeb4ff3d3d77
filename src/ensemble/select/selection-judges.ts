// How good an average would be, for the members chosen so far and any one more: by its score on rows that no
// member was trained on, or, out of bag, by the squared error that the members' error products foretell.

import type { Task } from '../../data/dataset/dataset.js';
import { mean } from '../../math/statistics.js';
import type { ScalarMetric } from '../../measure/metrics/metric.js';
import type { AggregatorTerms } from '../../predictions/aggregate/definition.js';
import { BLOCK_ROWS, blockRanges, type RowRange } from '../../predictions/blocks.js';

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

/** Judges an average by its score on all rows, block by block so that the averages of a block stay in the cache. */
export function createJudge(
  table: PredictionTable,
  task: Task,
  form: AggregatorTerms,
  metric: ScalarMetric,
): Judge {
  const { rows, outputs, terms } = table;
  const mean = new Float64Array(BLOCK_ROWS * outputs);
  const chosen = new Int32Array(BLOCK_ROWS);
  const blocks = [...blockRanges(rows)].map((range) => ({
    from: range.start * outputs,
    scored: { ...scoredRows(table, task, range), mean, chosen },
  }));
  // The largest sum of a row is the largest prediction: what reads nothing else needs no more.
  const byChoice = metric.reads === 'choices';
  const sumsOf = new Float64Array(metric.sums(outputs));
  const scoreSums = (sums: Float64Array, number: number, more: Terms) => {
    sumsOf.fill(0);
    for (const { from, scored } of blocks) {
      if (byChoice) chooseInto(chosen, sums, more, from, scored.rows, outputs);
      else {
        averageInto(mean, sums, more, from, scored.rows * outputs, number);
        form.toPredictions?.(mean, scored.rows, outputs);
      }
      metric.addRows(sumsOf, scored);
    }
    return metric.value(sumsOf, rows);
  };
  const addTo = (sums: Float64Array, member: number) => {
    for (let at = 0; at < sums.length; at++) sums[at]! += terms[member]![at]!;
  };
  const sum = new Float64Array(rows * outputs);
  const nothing = new Float64Array(rows * outputs);
  let number = 0;
  return {
    scoreWith: (at) => scoreSums(sum, number + 1, terms[at]!),
    scoreOf(members) {
      const sums = new Float64Array(rows * outputs);
      for (const member of members) addTo(sums, member);
      return scoreSums(sums, members.length, nothing);
    },
    add(at) {
      addTo(sum, at);
      number++;
    },
  };
}

/** A block of a table as metrics read it, but for the predictions. */
function scoredRows({ outputs, labels, targets }: PredictionTable, task: Task, { start, end }: RowRange) {
  const rows = end - start;
  const columns = task.kind === 'regression' ? outputs : 0;
  const truth = {
    rows,
    labels: labels.subarray(start, task.kind === 'classification' ? end : start),
    targets: targets.subarray(start * columns, end * columns),
  };
  return { rows, outputs, truth, logProbabilities: null, variance: null, weights: null };
}

/** mean[length] = (sums + more) / number, of both from `from` on. */
function averageInto(
  mean: Float64Array,
  sums: Float64Array,
  more: Terms,
  from: number,
  length: number,
  number: number,
): void {
  for (let at = 0; at < length; at++) mean[at] = (sums[from + at]! + more[from + at]!) / number;
}

/** The column of the largest of sums + more in each row; the first of equals, −1 where there are no numbers. */
function chooseInto(
  chosen: Int32Array,
  sums: Float64Array,
  more: Terms,
  from: number,
  rows: number,
  outputs: number,
): void {
  for (let row = 0; row < rows; row++) {
    const first = from + row * outputs;
    let best = 0;
    let most = sums[first]! + more[first]!;
    for (let column = 1; column < outputs; column++) {
      const value = sums[first + column]! + more[first + column]!;
      if (value > most) {
        most = value;
        best = column;
      }
    }
    chosen[row] = Number.isNaN(most) ? -1 : best;
  }
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

/** 0, 1, … length − 1. */
export function range(length: number): number[] {
  return Array.from({ length }, (_, at) => at);
}

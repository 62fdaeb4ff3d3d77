// Rows as they are scored and resampled: those that count, dealt into units, and how often each unit is drawn. Scores of
// the same rows with the same seed are of the same draws, so that their differences are paired.

import type { Values } from '../../data/dataset/dataset.js';
import { RandomStream, shuffleInPlace, streamKey } from '../../math/random.js';
import type { KnownRows } from '../../predictions/known-rows.js';
import { labelsOf } from '../../predictions/labels.js';
import { pickQuantiles } from '../../predictions/quantiles.js';
import { eachDraw } from '../correlation/draws.js';
import { MOST_UNITS } from '../correlation/intervals.js';
import type { WholeRows } from '../statistics/statistic.js';

/** What of known rows is scored. */
export type ScorableRows = Pick<KnownRows, 'task' | 'rows' | 'outputs' | 'truth' | 'weights' | 'combined'>;

/** The rows of a weight above 0, in their order or in that of `order`, places among all rows. */
export function wholeRowsOf(known: ScorableRows, order: Uint32Array = countedRows(known)): WholeRows {
  const { task, outputs, truth, weights, combined } = known;
  const rows = order.length;
  const { mean, logProbabilities, variance, varianceKind, quantiles } = combined;
  const chosen =
    task.kind === 'regression' ? NO_LABELS : (combined.labels ?? labelsOf(mean, known.rows, outputs));
  const pickOne = (values: Int32Array) =>
    values.length === 0 ? values : Int32Array.from(order, (row) => values[row]!);
  return {
    ...{ task, rows, outputs, varianceKind },
    mean: picked(mean, order, outputs),
    logProbabilities: logProbabilities && picked(logProbabilities, order, outputs),
    variance: variance && picked(variance, order, outputs),
    quantiles: quantiles && pickQuantiles(quantiles, known.rows, order),
    chosen: pickOne(chosen),
    truth: { rows, labels: pickOne(truth.labels), targets: picked(truth.targets, order, outputs) },
    weights: Float64Array.from(order, (row) => weights?.[row] ?? 1),
  };
}

const NO_LABELS = new Int32Array(0);

/** Places of the rows that have a weight. */
export function countedRows({ rows, weights }: Pick<ScorableRows, 'rows' | 'weights'>): Uint32Array {
  const all = Uint32Array.from({ length: rows }, (_, row) => row);
  return weights === null ? all : all.filter((row) => weights[row]! > 0);
}

function picked<Own extends Values>(values: Own, order: Uint32Array, outputs: number): Own {
  if (values.length === 0) return values;
  const own = new (values.constructor as new (length: number) => Own)(order.length * outputs);
  for (let at = 0; at < order.length; at++) {
    const from = order[at]! * outputs;
    for (let output = 0; output < outputs; output++) own[at * outputs + output] = values[from + output]!;
  }
  return own;
}

/** What is drawn: rows, or groups of rows dealt at random where there are many. */
export interface Units {
  readonly count: number;
  /** Places among all rows, unit by unit. */
  readonly order: Uint32Array;
  /** u32[count + 1]: unit u's rows are order[starts[u]] … order[starts[u + 1] − 1]. */
  readonly starts: Uint32Array;
}

/** The units of some rows, as those of the intervals of v, c and ρ. */
export function dealUnits(rows: Uint32Array, seed: number): Units {
  const count = Math.min(rows.length, MOST_UNITS);
  const starts = new Uint32Array(count + 1);
  if (rows.length <= MOST_UNITS) return { count, order: rows, starts: starts.map((_, unit) => unit) };
  const dealt = rows.slice();
  shuffleInPlace(dealt, new RandomStream(streamKey(seed, 'bootstrapInterval', 0, 1)));
  const order = new Uint32Array(rows.length);
  let at = 0;
  for (let unit = 0; unit < count; unit++) {
    starts[unit] = at;
    for (let position = unit; position < dealt.length; position += count) order[at++] = dealt[position]!;
  }
  starts[count] = at;
  return { count, order, starts };
}

/** Calls `visit` for each replicate with how often each unit was drawn, u16[count]: the same array each time. */
export function eachReplicate(
  { count }: Pick<Units, 'count'>,
  replicates: number,
  seed: number,
  visit: (counts: Uint16Array, replicate: number) => void,
): void {
  const counts = new Uint16Array(count);
  eachDraw(count, replicates, seed, (picked, replicate) => {
    counts.fill(0);
    for (let draw = 0; draw < picked.length; draw++) counts[picked[draw]!]!++;
    visit(counts, replicate);
  });
}

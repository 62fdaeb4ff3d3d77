// What scores of certain rows are computed by: once for the rows as they are, and again for each resampling of them, where
// sums are taken by units and statistics under the rows' new weights.

import { withValues } from '../../predictions/quantiles.js';
import type { Metric, SummedMetric, WholeMetric } from '../metrics/metric.js';
import type { Statistic, Weighed, WholeRows } from '../statistics/statistic.js';
import { eachReplicate, type Units } from './resampled-rows.js';

/**
 * Rows × outputs × replicates that scores of all rows at once take: a second or two. Beyond, they are of fewer replicates,
 * but no fewer than {@link LEAST_DRAWN}.
 */
const MOST_DRAWN = 1e8;
const LEAST_DRAWN = 100;

/** A metric of certain rows. */
export interface Scorer {
  readonly metric: Metric;
  /** Its value for the rows as they are, and for each class or target. */
  readonly whole: { readonly value: number | null; readonly each: readonly (number | null)[] | null };
  /** Its value for rows of these weights; NaN where there is none. */
  at(sample: Sample): number;
}

/** How often units were drawn, and what rows weigh by that. */
interface Sample {
  readonly counts: Uint16Array;
  /** The weight of all rows. */
  readonly weight: number;
  /** What a statistic says of the sample. */
  figures(statistic: Statistic<unknown>): unknown;
}

/** A scorer for each metric, all of which must have a value for these rows. */
export function createScorers(wanted: readonly Metric[], rows: WholeRows, units: Units): Scorer[] {
  const whole = figuresOf(rows, units)(rows.weights);
  const views = wanted.some(({ from }) => from === 'sums') ? unitViews(rows, units) : [];
  return wanted.map((metric) =>
    metric.from === 'sums' ? summedScorer(metric, rows, views) : wholeScorer(metric, whole),
  );
}

/** Statistics of rows under weights, each made ready once and taken once for each weighing. */
function figuresOf(
  rows: WholeRows,
  { starts }: Units,
): (weights: Float64Array, counts?: Uint16Array) => (statistic: Statistic<unknown>) => unknown {
  const ready = new Map<Statistic<unknown>, Weighed<unknown>>();
  return (weights, counts) => {
    const known = new Map<Statistic<unknown>, unknown>();
    return (statistic) => {
      if (!known.has(statistic)) {
        if (!ready.has(statistic)) ready.set(statistic, statistic.prepare(rows, starts));
        known.set(statistic, ready.get(statistic)!(weights, counts));
      }
      return known.get(statistic);
    };
  };
}

function wholeScorer(metric: WholeMetric, whole: (statistic: Statistic<unknown>) => unknown): Scorer {
  const { statistic } = metric;
  const figures = whole(statistic);
  const each = metric.each === undefined ? null : plain(metric.each(figures));
  return {
    metric,
    whole: { value: orNull(metric.value(figures)), each },
    at: (sample) => metric.value(sample.figures(statistic)) ?? Number.NaN,
  };
}

/** Sums of each unit's rows, so that a replicate costs no more than there are units. */
function summedScorer(metric: SummedMetric, rows: WholeRows, views: readonly WholeRows[]): Scorer {
  const fields = metric.sums(rows.outputs);
  const sums = new Float64Array(fields);
  metric.addRows(sums, rows);
  const own = new Float64Array(views.length * fields);
  for (const [unit, view] of views.entries()) {
    metric.addRows(own.subarray(unit * fields, (unit + 1) * fields), view);
  }
  const weight = rows.weights.reduce((sum, one) => sum + one, 0);
  const value = metric.value(sums, weight);
  return {
    metric,
    whole: { value: overall(metric, value), each: typeof value === 'number' ? null : plain(value) },
    at({ counts, weight: drawn }) {
      sums.fill(0);
      for (let unit = 0, at = 0; unit < counts.length; unit++, at += fields) {
        const count = counts[unit]!;
        if (count === 0) continue;
        for (let field = 0; field < fields; field++) sums[field]! += count * own[at + field]!;
      }
      return overall(metric, metric.value(sums, drawn));
    },
  };
}

/** One number for all targets. */
function overall({ average = plainMean }: SummedMetric, value: number | readonly number[]): number {
  if (typeof value === 'number') return value;
  return value.length === 1 ? value[0]! : average(value);
}

function plainMean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function orNull(value: number | null): number | null {
  return value === null || Number.isNaN(value) ? null : value;
}

function plain(values: ArrayLike<number | null>): (number | null)[] {
  return Array.from(values, orNull);
}

/** The rows of each unit, as rows of their own. */
function unitViews(rows: WholeRows, { count, starts }: Units): WholeRows[] {
  const { outputs, mean, logProbabilities, variance, quantiles, chosen, truth, weights } = rows;
  return Array.from({ length: count }, (_, unit) => {
    const [from, to] = [starts[unit]!, starts[unit + 1]!];
    const [first, last] = [from * outputs, to * outputs];
    return {
      ...{ task: rows.task, outputs, varianceKind: rows.varianceKind, rows: to - from },
      mean: mean.subarray(first, last),
      logProbabilities: logProbabilities?.subarray(first, last) ?? null,
      variance: variance?.subarray(first, last) ?? null,
      quantiles:
        quantiles && withValues(quantiles, rows.rows, (own, width) => own.subarray(from * width, to * width)),
      chosen: chosen.subarray(from, to),
      truth: {
        rows: to - from,
        labels: truth.labels.subarray(from, to),
        targets: truth.targets.subarray(first, last),
      },
      weights: weights.subarray(from, to),
    };
  });
}

/** Every score of every replicate: f64[replicates] by name. */
export function drawAll(
  scorers: readonly Scorer[],
  rows: WholeRows,
  units: Units,
  replicates: number,
  seed: number,
): Map<string, Float64Array> {
  const draws = new Map(scorers.map(({ metric }) => [metric.name, new Float64Array(replicates)]));
  const of = figuresOf(rows, units);
  const drawn = Math.max(LEAST_DRAWN, Math.floor(MOST_DRAWN / (rows.rows * rows.outputs)));
  const weights = new Float64Array(rows.rows);
  eachReplicate(units, replicates, seed, (counts, replicate) => {
    const weight = weigh(rows.weights, units.starts, counts, weights);
    const sample: Sample = { counts, weight, figures: of(weights, counts) };
    for (const scorer of scorers) {
      const known = scorer.metric.from === 'sums' || replicate < drawn;
      draws.get(scorer.metric.name)![replicate] = known ? scorer.at(sample) : Number.NaN;
    }
  });
  return draws;
}

/** Writes each row's weight times how often it was drawn; their sum. */
function weigh(own: Float64Array, starts: Uint32Array, counts: Uint16Array, into: Float64Array): number {
  let sum = 0;
  for (let unit = 0; unit < counts.length; unit++) {
    const count = counts[unit]!;
    for (let row = starts[unit]!; row < starts[unit + 1]!; row++) {
      const weight = count * own[row]!;
      into[row] = weight;
      sum += weight;
    }
  }
  return sum;
}

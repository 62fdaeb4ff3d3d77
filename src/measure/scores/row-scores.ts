// All scores of one set of predictions whose rows are there at once, each with its interval over the choice of rows:
// rows are resampled by their weights, so that nothing is sorted, binned or predicted again.

import { normalQuantile } from '../../math/normal.js';
import { quantileOfSorted, variance } from '../../math/statistics.js';
import type { CombinedPredictions } from '../../predictions/combined-predictions.js';
import type { KnownRows } from '../../predictions/known-rows.js';
import { INTERVAL_OPTIONS, type Interval, type IntervalOptions } from '../correlation/intervals.js';
import type { Metric, SummedMetric, WholeMetric } from '../metrics/metric.js';
import { metrics } from '../metrics/metrics.js';
import { confusion } from '../statistics/confusion.js';
import type { Statistic, Weighed, WholeRows } from '../statistics/statistic.js';
import {
  countedRows,
  dealUnits,
  eachReplicate,
  type ScorableRows,
  type Units,
  wholeRowsOf,
} from './resampled-rows.js';

/** One score of an ensemble. */
export interface RowScore {
  /** Its metric's, such as `auroc`. */
  readonly name: string;
  readonly title: string;
  readonly value: number | null;
  /** Where the true figure lies, as far as the choice of rows goes; null without replicates or where all are alike. */
  readonly interval: Interval | null;
  /** Of each class, in their order, one against the others; null of a class that these rows lack. */
  readonly perClass?: readonly (number | null)[];
  /** Of each target, of which `value` is the mean (of an RMSE the root of the mean square). */
  readonly perTarget?: readonly (number | null)[];
  /** Why there is no value. */
  readonly lacks?: string;
}

/** The scores of predictions of some rows; plain data. */
export interface RowScores {
  /** Rows with a weight above 0. */
  readonly rows: number;
  /** Whether rows have weights of their own. */
  readonly weighted: boolean;
  /** How often intervals hold the true figure; null where there are none. */
  readonly level: number | null;
  readonly replicates: number;
  readonly scores: readonly RowScore[];
  /** Classification: weights of rows by [true class][predicted class]; null for numbers and above 32 classes. */
  readonly confusion: readonly (readonly number[])[] | null;
}

export interface RowScoreOptions extends IntervalOptions {
  /** Whether what is said of classes are probabilities; vote shares are none. @default true */
  readonly probabilities?: boolean;
  /** Score these predictions instead of `combined`, of the same rows. */
  readonly calibrated?: CombinedPredictions;
  /** The metrics wanted, by name. @default all that are listed for the task */
  readonly metrics?: readonly string[];
}

/** Classes of which the confusion is kept in a report. */
export const MOST_CONFUSED = 32;

/**
 * Rows × outputs × replicates that scores of all rows at once take: a second or two. Beyond, they are of fewer replicates,
 * but no fewer than {@link LEAST_DRAWN}.
 */
const MOST_DRAWN = 1e8;
const LEAST_DRAWN = 100;

/** Every score of known rows that applies to their task. Pure and seeded; time grows with rows × classes × replicates. */
export function scoreKnownRows(known: ScorableRows | KnownRows, options: RowScoreOptions = {}): RowScores {
  return scoreWithDraws(known, options).scores;
}

/** Scores, and each one's value in every replicate: NaN where it is not defined there. */
export interface DrawnScores {
  readonly scores: RowScores;
  readonly draws: ReadonlyMap<string, Float64Array>;
}

/** As {@link scoreKnownRows}; scores of the same rows with the same seed are of the same draws. */
export function scoreWithDraws(known: ScorableRows, options: RowScoreOptions = {}): DrawnScores {
  const { replicates = INTERVAL_OPTIONS.replicates.default, level = INTERVAL_OPTIONS.level.default } =
    options;
  const { seed = 0, probabilities = true, calibrated } = options;
  const scored = calibrated === undefined ? known : { ...known, combined: calibrated };
  const counted = countedRows(known);
  const units = dealUnits(counted, seed);
  const rows = wholeRowsOf(scored, units.order);
  const drawn = counted.length < 2 ? 0 : replicates;
  const wanted = metrics.entries.filter((metric) => isWanted(metric, rows, options.metrics));
  const lacking = new Map(wanted.map((metric) => [metric, lackOf(metric, rows, probabilities)]));
  const scorers = createScorers(
    wanted.filter((metric) => lacking.get(metric) === null),
    rows,
    units,
  );
  const draws = drawAll(scorers, rows, units, drawn, seed);
  const scores = wanted.map((metric): RowScore => {
    const { name, title, listedAs = title } = metric;
    const scorer = scorers.find((own) => own.metric === metric);
    if (scorer === undefined) {
      return { name, title: listedAs, value: null, interval: null, lacks: lacking.get(metric)! };
    }
    const { value, each } = scorer.whole;
    const interval = value === null ? null : intervalOf(metric, value, draws.get(name)!, level);
    const parts =
      each === null ? {} : { [rows.task.kind === 'classification' ? 'perClass' : 'perTarget']: each };
    return { name, title: listedAs, value, interval, ...parts };
  });
  return {
    draws,
    scores: {
      ...{ rows: counted.length, weighted: known.weights !== null, level: drawn === 0 ? null : level },
      ...{ replicates: drawn, scores, confusion: confusionOf(rows) },
    },
  };
}

function isWanted(
  metric: Metric,
  { task, outputs }: WholeRows,
  names: readonly string[] | undefined,
): boolean {
  if (!metric.tasks.includes(task.kind) || outputs !== (metric.classes ?? outputs)) return false;
  return names === undefined ? metric.listed.includes(task.kind) : names.includes(metric.name);
}

function lackOf(metric: Metric, rows: WholeRows, probabilities: boolean): string | null {
  if (rows.rows === 0) return 'no row has a weight';
  if (metric.reads === 'probabilities' && !probabilities) return 'shares of votes are no probabilities';
  const heads = rows.varianceKind === 'mixture' || rows.varianceKind === 'product';
  if (metric.reads === 'variances' && !heads) return 'members predict no variances';
  return metric.from === 'allRows' ? (metric.lacks?.(rows) ?? null) : null;
}

/** A metric of certain rows. */
interface Scorer {
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

function createScorers(wanted: readonly Metric[], rows: WholeRows, units: Units): Scorer[] {
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
  const { outputs, mean, logProbabilities, variance, chosen, truth, weights } = rows;
  return Array.from({ length: count }, (_, unit) => {
    const [from, to] = [starts[unit]!, starts[unit + 1]!];
    const [first, last] = [from * outputs, to * outputs];
    return {
      ...{ task: rows.task, outputs, varianceKind: rows.varianceKind, rows: to - from },
      mean: mean.subarray(first, last),
      logProbabilities: logProbabilities?.subarray(first, last) ?? null,
      variance: variance?.subarray(first, last) ?? null,
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
function drawAll(
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

/**
 * Between the percentiles of the replicates; of too few for percentiles, as rows are many then, the normal interval of their
 * standard deviation. Those of what resampling makes larger (calibration errors: noise adds to
 * them) are mirrored about the value, to undo that in the value itself too; the value stays inside.
 *
 * **Source:** Efron and Tibshirani 1993, An introduction to the bootstrap, chapter 13; the mirrored ("basic") interval:
 * Davison and Hinkley 1997, Bootstrap methods and their application, section 5.2.
 */
export function intervalOf(
  { grows = false }: Pick<Metric, 'grows'>,
  value: number,
  draws: Float64Array,
  level: number,
): Interval | null {
  const sorted = draws.filter((draw) => !Number.isNaN(draw)).sort();
  if (sorted.length === 0 || sorted[0] === sorted.at(-1)) return null;
  const enough = 2 * sorted.length >= draws.length;
  const half = enough ? 0 : normalQuantile((1 + level) / 2) * Math.sqrt(variance(sorted));
  const low = enough ? quantileOfSorted(sorted, (1 - level) / 2) : value - half;
  const high = enough ? quantileOfSorted(sorted, (1 + level) / 2) : value + half;
  if (!grows) return { low, high };
  return { low: Math.max(0, Math.min(value, 2 * value - high)), high: Math.max(value, 2 * value - low) };
}

function confusionOf(rows: WholeRows): number[][] | null {
  const { task, outputs } = rows;
  if (task.kind === 'regression' || outputs > MOST_CONFUSED) return null;
  const { cells } = confusion.prepare(rows)(rows.weights);
  return Array.from({ length: outputs }, (_, label) =>
    Array.from(cells.subarray(label * outputs, (label + 1) * outputs)),
  );
}

/** How much better or worse one set of predictions is than another of the same rows, by a metric. */
export interface ScoreDifference {
  readonly metric: string;
  /** first − second. */
  readonly difference: number;
  /** Over the choice of rows, the same for both; null without replicates or where all differ alike. */
  readonly interval: Interval | null;
  /** Whether the first is better, by the metric's own measure; null where they are alike. */
  readonly better: boolean | null;
}

/** Differences of scores of the same rows, drawn with the same seed, wherever both have a value. */
export function scoreDifferences(first: DrawnScores, second: DrawnScores, level: number): ScoreDifference[] {
  return first.scores.scores.flatMap(({ name, value }) => {
    const other = second.scores.scores.find((score) => score.name === name)?.value ?? null;
    if (value === null || other === null) return [];
    const others = second.draws.get(name)!;
    const draws = first.draws.get(name)!.map((draw, replicate) => draw - others[replicate]!);
    const difference = value - other;
    const wins = metrics.get(name).better === 'more' ? difference > 0 : difference < 0;
    const better = difference === 0 ? null : wins;
    return [{ metric: name, difference, interval: intervalOf({}, difference, draws, level), better }];
  });
}

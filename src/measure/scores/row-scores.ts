// All scores of one set of predictions whose rows are there at once, each with its interval over the choice of rows:
// rows are resampled by their weights, so that nothing is sorted, binned or predicted again.

import type { CombinedPredictions } from '../../predictions/combined-predictions.js';
import type { KnownRows } from '../../predictions/known-rows.js';
import { INTERVAL_OPTIONS, type Interval, type IntervalOptions } from '../correlation/intervals.js';
import type { Metric } from '../metrics/metric.js';
import { metrics } from '../metrics/metrics.js';
import { confusionMatrix } from '../statistics/confusion.js';
import type { WholeRows } from '../statistics/statistic.js';
import { countedRows, dealUnits, type ScorableRows, wholeRowsOf } from './resampled-rows.js';
import { intervalOf } from './score-interval.js';
import { createScorers, drawAll } from './scorers.js';

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
    const interval = value === null ? null : intervalOf(metric, value, draws.get(name)!, level, rows.outputs);
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

function isWanted(metric: Metric, rows: WholeRows, names: readonly string[] | undefined): boolean {
  const { task, outputs, quantiles } = rows;
  if (!metric.tasks.includes(task.kind) || outputs !== (metric.classes ?? outputs)) return false;
  // Nobody asks for those of heads that are seldom there.
  if (names === undefined && metric.reads === 'quantiles' && quantiles === undefined) return false;
  if (names === undefined && metric.reads === 'labels' && !hasLabels(rows)) return false;
  return names === undefined ? metric.listed.includes(task.kind) : names.includes(metric.name);
}

/** Whether several targets are labels: all 0 or 1, both, with predictions that may be probabilities. */
function hasLabels({ outputs, mean, truth, task }: WholeRows): boolean {
  if (task.kind !== 'regression' || outputs < 2) return false;
  const isLabel = (value: number) => value === 0 || value === 1;
  return truth.targets.every(isLabel) && mean.every((value) => value >= 0 && value <= 1);
}

function lackOf(metric: Metric, rows: WholeRows, probabilities: boolean): string | null {
  if (rows.rows === 0) return 'no row has a weight';
  if (metric.reads === 'probabilities' && !probabilities) return 'shares of votes are no probabilities';
  const heads = rows.varianceKind === 'mixture' || rows.varianceKind === 'product';
  if (metric.reads === 'variances' && !heads) return 'members predict no variances';
  if (metric.reads === 'quantiles' && rows.quantiles === undefined) return 'members predict no quantiles';
  if (metric.reads === 'labels' && !hasLabels(rows))
    return 'targets are not all 0 or 1, with predictions between';
  return metric.from === 'allRows' ? (metric.lacks?.(rows) ?? null) : null;
}

function confusionOf(rows: WholeRows): number[][] | null {
  return rows.task.kind === 'regression' || rows.outputs > MOST_CONFUSED ? null : confusionMatrix(rows);
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

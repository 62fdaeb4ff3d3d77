// Which members an ensemble owes what it does: each one's own scores, how its errors go with those of the rest, and what
// the ensemble would do without it. A function of known rows; leaderboard-of-rows.ts predicts them.

import { outputCount, type Task } from '../../data/dataset/dataset.js';
import { engineOf } from '../../engines/registry.js';
import type { TrainedEnsemble } from '../../ensemble/ensemble.js';
import { averagingWeights } from '../../ensemble/predict/averaging-weights.js';
import { aggregatorFor } from '../../ensemble/predict/ensemble-combiner.js';
import { failOption, TuttiError } from '../../errors.js';
import type { Metric } from '../../measure/metrics/metric.js';
import { metrics, type Scores } from '../../measure/metrics/metrics.js';
import { createScoreAccumulator } from '../../measure/scores/scores.js';
import type { PairedValues } from '../../measure/scores/sums-by-row.js';
import { specDifferences } from '../../model/options/spec-differences.js';
import { type Aggregator, aggregators } from '../../predictions/aggregate/aggregators.js';
import type { CombinedPredictions } from '../../predictions/combined-predictions.js';
import type { KnownRows } from '../../predictions/known-rows.js';
import type { Predictions } from '../../predictions/predictions.js';
import { createJudge } from './judge.js';
import { type Averaged, createLeftOut } from './left-out.js';
import { besideRest } from './rest.js';

/** One member of an ensemble beside the others. */
export interface LeaderboardMember {
  /** Its place in the plan. */
  readonly index: number;
  /** Its place among the trained members, which `ensemble.members` and weights go by. */
  readonly place: number;
  /** `network`, `neighbours`, or what its engine calls it. */
  readonly kind: string;
  /** The options in which members differ, with its own values. */
  readonly options: readonly string[];
  /** Its weight in the average. */
  readonly weight: number;
  /** The epochs it was trained for, and the one whose weights it has; 0 and 0 for what has no epochs. */
  readonly epochs: number;
  readonly epoch: number;
  /** Its own scores, over the rows it counts for; null where there are none. */
  readonly scores: Scores | null;
  /** Its own value of the metric; null where it has none. */
  readonly score: number | null;
  /** Mean of εᵢ² over the rows it counts for, summed over outputs; null where there are none. */
  readonly squaredError: number | null;
  /** The same of the mean of the others, over the rows that both have; null where there are none. */
  readonly restError: number | null;
  /** Correlation of its errors with those of the mean of the others: E[εᵢ ε̄]/√(E[εᵢ²] E[ε̄²]); null of errors that are 0. */
  readonly rho: number | null;
  /**
   * How much worse the ensemble would be without it, by the metric, over the rows where others are left; below 0 it would
   * be better. Null where there are none, and for one member.
   */
  readonly contribution: number | null;
  /** Of the contribution, over the choice of rows; null where it is, and for metrics that are no function of sums over rows. */
  readonly standardError: number | null;
  /** The ensemble's value of the metric without it, over those rows. */
  readonly scoreWithout: number | null;
  /** Time to predict a row with it alone, in milliseconds, on the calling thread; null where it was not measured. */
  readonly msPerRow: number | null;
}

export interface Leaderboard {
  readonly rowsFrom: 'heldOut' | 'outOfBag';
  readonly rows: number;
  /** Name of the metric that members are scored and left out by. */
  readonly metric: string;
  readonly better: 'less' | 'more';
  readonly aggregator: Aggregator;
  /** The ensemble's value of it, and all its scores. */
  readonly score: number | null;
  readonly ensemble: Scores | null;
  /** How long this process trained all members, in milliseconds; null where it only loaded them, and without times. */
  readonly trainedMs: number | null;
  /** Best first, by what they were sorted by. */
  readonly members: readonly LeaderboardMember[];
}

export const LEADERBOARD_SORTS = ['score', 'contribution', 'rho', 'time', 'member'] as const;

export type LeaderboardSort = (typeof LEADERBOARD_SORTS)[number];

export interface LeaderboardSettings {
  /** @default that which the ensemble is calibrated for, else 'arithmeticMean' */
  readonly aggregator?: Aggregator;
  /** One per trained member, in plan order. @default those the members carry, else equal */
  readonly weights?: readonly number[];
  /** What is scored, by its name. @default logLoss of classes, errorRate of votes, rmse of numbers */
  readonly metric?: string;
  /** What comes first: the best score, the largest contribution, the least correlated, the fastest, the first. @default 'score' */
  readonly sort?: LeaderboardSort;
}

/**
 * The leaderboard of an ensemble on known rows, which hold every member's own predictions.
 * @param times of each trained member, in milliseconds a row.
 * @throws ERR_OPTION for a metric that the task or the aggregator does not have; ERR_SHAPE for rows without members.
 */
export function leaderboardOf(
  ensemble: TrainedEnsemble,
  known: KnownRows,
  settings: LeaderboardSettings = {},
  times: readonly number[] = [],
): Leaderboard {
  requireOwnPredictions(ensemble, known);
  const { sort = 'score' } = settings;
  const aggregator = aggregatorFor(ensemble, settings);
  const weights = settings.weights ?? averagingWeights(ensemble);
  const metric = metricOf(ensemble.task, aggregator, settings.metric);
  const leftOut = createLeftOut(known, aggregator, weights);
  const means = aggregators.get(aggregator).linear ? null : createLeftOut(known, 'arithmeticMean', weights);
  const judge = createJudge(known, metric, leftOut.whole);
  const specs = ensemble.members.map(({ index }) => ensemble.plan.members[index]!);
  const differences = specDifferences(specs);
  const members = ensemble.members.map(({ index, history, epoch }, place): LeaderboardMember => {
    const without = leftOut.without(place);
    const rest = means === null ? without : means.without(place);
    const values = judge.compare(without, rowWeights(known, without.left));
    const counted = rowWeights(known, countedOf(known, place));
    const scores = scoresOf(known, known.members[place]!, counted, true);
    return {
      ...{ index, place, kind: engineOf(specs[place]!).kind(specs[place]!), options: differences[place]! },
      weight: weights?.[place] ?? 1,
      ...{ epochs: history.length, epoch: history.length === 0 ? 0 : epoch },
      ...{ scores, score: judge.value(known.members[place]!, counted, scores) },
      ...besideRest(known, place, rest),
      contribution: values && gainOf(metric, values),
      standardError: values?.standardError ?? null,
      scoreWithout: values?.second ?? null,
      msPerRow: times[place] ?? null,
    };
  });
  const all = rowWeights(known, someCounted(known, leftOut.whole));
  const whole = predictionsOf(known, leftOut.whole);
  const scores = scoresOf(known, whole, all, aggregators.get(aggregator).probabilities);
  return {
    ...{ rowsFrom: known.rowsFrom, rows: known.rows, metric: metric.name, better: metric.better, aggregator },
    ...{ score: judge.value(whole, all, scores), ensemble: scores },
    trainedMs: times.length === 0 ? null : ensemble.wallMs,
    members: members.sort(orderOf(sort, metric)),
  };
}

function requireOwnPredictions({ members }: TrainedEnsemble, known: KnownRows): void {
  if (known.members.length === members.length) return;
  const expected = `Expected known rows with the predictions of ${members.length} members`;
  throw new TuttiError('ERR_SHAPE', `${expected}, got those of ${known.members.length}`);
}

/** The metric by its name, or the first that says most of such predictions. */
function metricOf(task: Task, aggregator: Aggregator, name: string | undefined): Metric {
  const { probabilities } = aggregators.get(aggregator);
  const classes = outputCount(task);
  const fitting = metrics.entries.filter(
    ({ tasks, reads, classes: own = classes }) =>
      tasks.includes(task.kind) &&
      own === classes &&
      reads !== 'variances' &&
      reads !== 'quantiles' &&
      reads !== 'labels' &&
      (probabilities || reads !== 'probabilities'),
  );
  const standard = task.kind === 'regression' ? 'rmse' : probabilities ? 'logLoss' : 'errorRate';
  const wanted = name ?? standard;
  const found = fitting.find((metric) => metric.name === wanted);
  if (found !== undefined) return found;
  return failOption('metric', `one of ${fitting.map((metric) => metric.name).join(', ')}`, name);
}

/** By how much the first is better. */
function gainOf({ better }: Metric, { first, second }: PairedValues): number {
  return better === 'more' ? first - second : second - first;
}

/** u8[rows]: 1 where a member counts; null where it does for all. */
function countedOf({ mask, rows }: KnownRows, member: number): Uint8Array | null {
  return mask?.subarray(member * rows, (member + 1) * rows) ?? null;
}

/** u8[rows]: 1 where a member with a weight counts. */
function someCounted({ rows, outputs }: KnownRows, { mean }: Averaged): Uint8Array {
  return Uint8Array.from({ length: rows }, (_, row) => (Number.isNaN(mean[row * outputs]!) ? 0 : 1));
}

/** f64[rows]: each row's weight, 0 where it does not count. */
function rowWeights({ rows, weights }: KnownRows, counted: Uint8Array | null): Float64Array {
  const own = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    if (counted === null || counted[row] !== 0) own[row] = weights === null ? 1 : weights[row]!;
  }
  return own;
}

function predictionsOf({ rows, outputs }: KnownRows, { mean, labels }: Averaged): CombinedPredictions {
  return {
    ...{ rows, outputs, mean, labels, logProbabilities: null, variance: null },
    ...{ flooredCount: 0, varianceKind: null },
  };
}

function scoresOf(
  { task, truth }: KnownRows,
  predictions: Predictions,
  weights: Float64Array,
  probabilities: boolean,
): Scores | null {
  const accumulator = createScoreAccumulator(task, { probabilities });
  accumulator.addBlock(predictions, truth, weights);
  return accumulator.finish();
}

/** Members in the order that is asked for; what lacks the figure comes last, and of equals the first in the plan first. */
function orderOf(sort: LeaderboardSort, { better }: Metric) {
  const sign = better === 'more' ? -1 : 1;
  const figures: Readonly<Record<LeaderboardSort, (member: LeaderboardMember) => number | null>> = {
    score: ({ score }) => score && sign * score,
    contribution: ({ contribution }) => contribution && -contribution,
    rho: ({ rho }) => rho,
    time: ({ msPerRow }) => msPerRow,
    member: ({ place }) => place,
  };
  const figure = figures[sort];
  return (a: LeaderboardMember, b: LeaderboardMember): number => {
    const [first, second] = [figure(a), figure(b)];
    if (first === null || second === null) {
      return first === second ? a.place - b.place : Number(first === null) - Number(second === null);
    }
    return first - second || a.place - b.place;
  };
}

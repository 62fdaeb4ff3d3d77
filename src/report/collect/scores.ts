// Every score of the ensemble with its interval, beside a mean member's, the best member's and the baselines'.

import type { Measurement } from '../../measure/measurement.js';
import { type MetricName, metrics, scoreBy } from '../../measure/metrics/metrics.js';
import type { ScorableRows } from '../../measure/scores/resampled-rows.js';
import { type RowScoreOptions, type RowScores, scoreKnownRows } from '../../measure/scores/row-scores.js';
import type { CombinedPredictions } from '../../predictions/combined-predictions.js';
import type { KnownRows } from '../../predictions/known-rows.js';
import { labelsOf } from '../../predictions/labels.js';
import type { Predictions } from '../../predictions/predictions.js';
import type { Estimate, ScoresData } from '../page/page-data.js';

export interface ScoredSet {
  readonly known: KnownRows;
  readonly measurement: Measurement;
  readonly probabilities: boolean;
  /** Of the ensemble as it is not calibrated. */
  readonly raw: RowScores;
  /** What is shown after calibration; null without. */
  readonly calibrated: CombinedPredictions | null;
  readonly baselines: readonly { readonly name: string; readonly scores: RowScores }[];
  readonly memberIndices: readonly number[];
  readonly level: number;
  readonly replicates: number;
}

export function scoresOf(set: ScoredSet): ScoresData {
  const { known, raw, calibrated, baselines, probabilities, level, replicates } = set;
  const scoring = { level, replicates, probabilities };
  const shown = calibrated === null ? null : scoreKnownRows(known, { ...scoring, calibrated });
  const names = raw.scores.filter(({ value }) => value !== null).map(({ name }) => name);
  const listed = names.map((name) => {
    const { title, listedAs = title, written, better } = metrics.get(name as MetricName);
    return {
      name,
      title: listedAs,
      written: written === 'share' ? ('share' as const) : ('number' as const),
      better,
    };
  });
  const row = (name: string, kind: ScoresData['of'][number]['kind'], scores: RowScores) => ({
    ...{ name, kind },
    values: names.map((own) => estimateOf(scores, own)),
  });
  const best = bestMember(set);
  return {
    level: raw.level,
    metrics: listed,
    of: [
      ...(shown === null ? [] : [row('ensemble, calibrated', 'calibrated', shown)]),
      row(shown === null ? 'ensemble' : 'ensemble, not calibrated', 'ensemble', raw),
      { name: 'mean member', kind: 'member', values: meanMemberOf(set, names) },
      ...(best === null
        ? []
        : [row(`best member (${best.index})`, 'member', scoredQuickly(best.known, scoring))]),
      ...baselines.map(({ name, scores }) => row(name, 'baseline', scores)),
    ],
  };
}

/** Intervals of what is a sum over rows alone: of ranks and bins they take ten times as long. */
export function scoredQuickly(known: ScorableRows, options: RowScoreOptions): RowScores {
  const names = (of: 'sums' | 'whole') =>
    metrics.entries.filter(({ from }) => (from === 'sums') === (of === 'sums')).map(({ name }) => name);
  const sums = scoreKnownRows(known, { ...options, metrics: names('sums') });
  const whole = scoreKnownRows(known, { ...options, replicates: 0, metrics: names('whole') });
  return { ...sums, scores: [...sums.scores, ...whole.scores] };
}

function estimateOf({ scores }: RowScores, name: string): Estimate | null {
  const score = scores.find((own) => own.name === name);
  if (score === undefined || score.value === null) return null;
  return { value: score.value, low: score.interval?.low ?? null, high: score.interval?.high ?? null };
}

/** Scores that are quickly had of every member; ranks of thousands of rows are not. */
const OF_MEMBERS = [
  'balancedAccuracy',
  'f1',
  'f1Macro',
  'f1Weighted',
  'mcc',
  'ece',
  'mae',
  'r2',
  'nll',
  'crps',
  'pinball',
];

/** Of what is a mean over rows that of the members' rows, of all else the mean of the members' own. */
function meanMemberOf(
  { known, measurement, probabilities }: ScoredSet,
  names: readonly string[],
): (Estimate | null)[] {
  const wanted = names.filter((name) => OF_MEMBERS.includes(name));
  const own =
    known.rowsFrom === 'outOfBag' || wanted.length === 0
      ? []
      : known.members.map((member) =>
          scoreKnownRows(
            { ...known, combined: alone(known, member) },
            { replicates: 0, probabilities, metrics: wanted },
          ),
        );
  const meanOf = (name: string): number | null => {
    const value = scoreBy(measurement.meanMember, { name });
    if (typeof value === 'number') return value;
    if (value !== null) return value.length === 1 ? value[0]! : null;
    const values = own.flatMap((scores) => scores.scores.find((score) => score.name === name)?.value ?? []);
    return values.length < known.members.length || values.length === 0
      ? null
      : values.reduce((sum, one) => sum + one, 0) / values.length;
  };
  return names.map((name) => {
    const value = meanOf(name);
    return value === null ? null : { value, low: null, high: null };
  });
}

/** The member that errs least on these rows; null where members have rows of their own, or one is all there is. */
function bestMember({
  known,
  measurement,
  memberIndices,
}: ScoredSet): { index: number; known: KnownRows } | null {
  if (known.rowsFrom === 'outOfBag' || known.members.length < 2) return null;
  const { kind } = known.task;
  const errors = measurement.memberScores.map((scores) =>
    scores === null
      ? Number.POSITIVE_INFINITY
      : kind === 'classification'
        ? scores.errorRate!
        : scores.squaredError,
  );
  const at = errors.indexOf(
    errors.reduce((least, error) => Math.min(least, error), Number.POSITIVE_INFINITY),
  );
  return { index: memberIndices[at]!, known: { ...known, combined: alone(known, known.members[at]!) } };
}

function alone({ task, outputs }: KnownRows, own: Predictions): CombinedPredictions {
  const labels = task.kind === 'classification' ? labelsOf(own.mean, own.rows, outputs) : null;
  return { ...own, labels, flooredCount: 0, varianceKind: own.variance === null ? null : 'mixture' };
}
